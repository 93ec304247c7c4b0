//! The Mini App's form: a credential comes in by it and never stands in the chat; whoever is not who Telegram says gets nothing.

use std::time::Duration;

use keyporter::domain::{Allowed, PersonId};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::world::{ADA, BORIS, Page, World};

/// Ada opens the form.
async fn form(world: &mut World) -> Page {
    let ada = world.ada();
    ada.asks("/link", "never stands in this chat").await;
    let mut page = world.opens(ADA, "Link account").await;
    page.begins().await;
    page
}

fn filled(project: &str, credential: &str) -> Value {
    json!({ "provider": "botsubscription", "project": project, "credential": credential, "again": null })
}

fn in_chat(world: &World, secret: &str) -> bool {
    let chat = world.sandbox.telegram().transcript(ADA);
    chat.contains(secret)
}

story! {
    async fn what_is_typed_there_is_linked_and_the_chat_says_so(world) {
        world.has_pages().await;
        let project = world.sandbox.botsubscription().add_project();
        let ada = world.ada();
        let menu = ada.asks("/link", "never stands in this chat").await;
        assert!(menu.button("BotSubscription").is_some(), "{menu}");
        let mut page = world.opens(ADA, "Link account").await;
        let about = page.begins().await;
        assert_eq!(about["link"]["providers"][0]["code"], "botsubscription");
        assert_eq!((&about["language"], &about["words"]["close"]), (&json!("en"), &json!("Close")));
        let (status, answer) = page.call("link", &filled("no such/project", &project.token)).await;
        assert_eq!((status, answer["error"].as_str().unwrap().contains("project ID")), (StatusCode::UNPROCESSABLE_ENTITY, true), "{answer}");
        let (status, answer) = page.call("link", &filled(&project.id, "wrong-token-0123456789")).await;
        assert!(status == StatusCode::UNPROCESSABLE_ENTITY && answer["error"].as_str().unwrap().contains("refused"), "{answer}");
        // On a page nobody sends anything.
        assert!(!answer["error"].as_str().unwrap().contains("/cancel"), "{answer}");
        let (status, answer) = page.call("link", &filled(&project.id, &format!(" {}\n", project.token))).await;
        assert_eq!((status, &answer["title"]), (StatusCode::OK, &json!("Linked")), "{answer}");
        // In the place of the question.
        let linked = ada.sees("Linked").await;
        assert_eq!(linked.id, menu.id);
        assert!(!in_chat(world, &project.token));
        ada.asks("/keys", "dashboard").await;
        ada.asks("/audit", "linked").await;
        // The question is answered: what is said now is no project ID.
        ada.asks("hello", "I understand commands").await;
        // Linked once more: the chat asks what to do.
        let page = form(world).await;
        let (status, answer) = page.call("link", &filled(&project.id, &project.token)).await;
        assert_eq!((status, &answer["title"]), (StatusCode::OK, &json!("One question")), "{answer}");
        ada.sees("linked already").await;
        ada.presses("Replace it", "new credential").await;
    }
}

story! {
    async fn an_account_is_mended_on_the_page(world) {
        world.has_pages().await;
        let project = world.sandbox.botsubscription().add_project();
        let page = form(world).await;
        assert_eq!(page.call("link", &filled(&project.id, &project.token)).await.0, StatusCode::OK);
        let ada = world.ada();
        ada.sees("Linked").await;
        ada.asks("/link", "never stands").await;
        ada.presses("BotSubscription", "project ID").await;
        let asked = ada.asks(&project.id, "may stay in notifications").await;
        assert!(asked.button("Link account").is_some_and(|button| button.web_app.is_some()), "{asked}");
        ada.asks("/cancel", "Cancelled").await;
        let account = world.database.find("SELECT id FROM accounts").remove(0);
        let address = world.sandbox.telegram().launch_data(ADA).unwrap();
        let fragment = form_urlencoded::Serializer::new(String::new()).append_pair("tgWebAppData", &address).finish();
        let mut page = Page::at(&format!("{}/app/link?again={account}#{fragment}", world.way_in.url()));
        let about = page.begins().await;
        assert_eq!(about["link"]["again"]["project"], json!(project.id));
        let again = json!({ "provider": "botsubscription", "project": project.id, "credential": project.token, "again": account });
        assert_eq!(page.call("link", &again).await.1["title"], "Linked");
        // Somebody else's account is none.
        let address = world.sandbox.telegram().launch_data(BORIS).unwrap();
        let fragment = form_urlencoded::Serializer::new(String::new()).append_pair("tgWebAppData", &address).finish();
        let mut page = Page::at(&format!("{}/app/link?again={account}#{fragment}", world.way_in.url()));
        assert_eq!(page.tries().await.0, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

story! {
    async fn nobody_gets_in_by_launch_data_that_is_not_theirs_now(world) {
        world.has_pages().await;
        let ada = world.ada();
        ada.asks("/link", "never stands").await;
        let mut page = world.opens(ADA, "Link account").await;
        let good = page.init_data.clone();
        let forged = [
            String::new(),
            "hash=00".to_owned(),
            good.replace("Ada", "Eve"),
            good.replace("&hash=", "&Hash="),
            format!("{good}&user=%7B%22id%22%3A1%7D"),
            format!("{good}&x=1"),
            format!("auth_date=1&{good}"),
            good.repeat(20),
        ];
        for data in forged {
            page.init_data.clone_from(&data);
            let (status, answer) = page.tries().await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{data}: {answer}");
            assert!(answer["error"].as_str().unwrap().contains("Nothing was done"), "{answer}");
        }
        page.init_data.clone_from(&good);
        page.begins().await;
        // Once, on whatever device.
        page.session.clear();
        let (status, answer) = page.tries().await;
        assert!(status == StatusCode::UNAUTHORIZED && answer["error"].as_str().unwrap().contains("opened before"), "{answer}");
        // What is old counts no more, even if nobody has used it.
        let mut late = world.opens(ADA, "Link account").await;
        world.pass(Duration::from_mins(6));
        assert_eq!(late.tries().await.0, StatusCode::UNAUTHORIZED);
        assert_eq!(world.database.find("SELECT CAST(person AS TEXT) FROM page_sessions").len(), 1);
    }
}

story! {
    async fn a_call_needs_our_page_and_a_session_that_lasts(world) {
        world.has_pages().await;
        let project = world.sandbox.botsubscription().add_project();
        let page = form(world).await;
        let body = filled(&project.id, &project.token);
        let refused = [
            (page.request("link").json(&body), StatusCode::FORBIDDEN),
            (page.request("link").header("Origin", "https://evil.example").json(&body), StatusCode::FORBIDDEN),
            (page.request("link").header("Origin", world.way_in.url()).body("x=1"), StatusCode::UNSUPPORTED_MEDIA_TYPE),
            (page.request("link").header("Origin", world.way_in.url()).json(&json!({})), StatusCode::UNPROCESSABLE_ENTITY),
            (page.request("link").header("Origin", world.way_in.url()).json(&"x".repeat(20_000)), StatusCode::PAYLOAD_TOO_LARGE),
        ];
        for (request, expected) in refused {
            assert_eq!(Page::answered(request).await.0, expected);
        }
        // Not even read: the answer comes while it is still being sent, or the connection ends.
        let huge = page.request("link").header("Origin", world.way_in.url()).body(vec![0; 10_000_000]).send().await;
        assert!(huge.is_err() || huge.is_ok_and(|answer| answer.status() == StatusCode::PAYLOAD_TOO_LARGE));
        let mut nobody = form(world).await;
        for session in [String::new(), "A".repeat(43)] {
            nobody.session = session;
            assert_eq!(nobody.call("link", &body).await.0, StatusCode::UNAUTHORIZED);
        }
        world.pass(Duration::from_mins(16));
        let (status, answer) = page.call("link", &body).await;
        assert!(status == StatusCode::UNAUTHORIZED && answer["error"].as_str().unwrap().contains("time of this page is over"), "{answer}");
        assert!(world.database.find("SELECT id FROM accounts").is_empty());
        assert!(world.sandbox.botsubscription().calls().is_empty());
    }
}

story! {
    async fn strangers_and_guessers_are_turned_away(world) {
        world.has_pages().await;
        let project = world.sandbox.botsubscription().add_project();
        let page = form(world).await;
        // All at once: they are tried one after the other.
        let guess = filled(&project.id, "wrong-token-0123456789");
        let guesses = futures::future::join_all((0..8).map(|_| page.call("link", &guess))).await;
        let tried = guesses.iter().filter(|(status, _)| *status == StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(tried.count(), 5);
        let (status, answer) = page.call("link", &filled(&project.id, &project.token)).await;
        assert_eq!(status, StatusCode::TOO_MANY_REQUESTS, "{answer}");
        world.stop().await;
        world.allowed = Allowed::Only(vec![PersonId(BORIS)]);
        world.starts_serving().await;
        let (status, answer) = page.call("link", &filled(&project.id, &project.token)).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{answer}");
        assert!(world.database.find("SELECT id FROM accounts").is_empty());
    }
}

story! {
    async fn the_pages_themselves_hold_nothing_and_let_nobody_in(world) {
        world.has_pages().await;
        let page = form(world).await;
        let file = page.get().await;
        let header = |name: &str| file.headers()[name].to_str().unwrap().to_owned();
        assert!(header("content-security-policy").starts_with("default-src 'none'; script-src 'self'"));
        assert_eq!((header("cache-control"), header("referrer-policy")), ("no-store".to_owned(), "no-referrer".to_owned()));
        let text = file.text().await.unwrap();
        assert!(text.contains("<form") && !text.contains("<script>") && !text.contains("style="), "{text}");
    }
}

story! {
    async fn pressed_twice_it_is_one_account(world) {
        world.has_pages().await;
        let project = world.sandbox.botsubscription().add_project();
        let page = form(world).await;
        let body = filled(&project.id, &project.token);
        let answers = futures::future::join_all((0..3).map(|_| page.call("link", &body))).await;
        let mut titles: Vec<_> = answers.iter().map(|(_, answer)| answer["title"].to_string()).collect();
        titles.sort();
        assert_eq!(titles, ["\"Linked\"", "\"One question\"", "\"One question\""]);
        assert_eq!(world.database.find("SELECT id FROM accounts").len(), 1);
    }
}

story! {
    async fn where_telegram_takes_no_such_button_all_goes_by_the_chat(world) {
        world.has_pages().await;
        world.sandbox.telegram().limit(|limits| limits.local_pages = false);
        world.expected_refusals.extend(["sendMessage", "editMessageText"]);
        let ada = world.ada();
        let greeting = ada.asks("/start", "Hello").await;
        assert!(greeting.button("Link account").is_some_and(|button| button.callback_data.is_some()), "{greeting}");
        let menu = ada.presses("Link account", "Where is the account").await;
        assert!(menu.button("Link account").is_none() && menu.button("BotSubscription").is_some(), "{menu}");
        let project = world.sandbox.botsubscription().add_project();
        ada.presses("BotSubscription", "project ID").await;
        ada.asks(&project.id, "API token").await;
        ada.asks(&project.token, "Linked").await;
    }
}

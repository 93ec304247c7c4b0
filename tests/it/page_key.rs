//! A new key on the page: once, for whoever asked for it, and never in the chat.

use std::time::Duration;

use keyporter::sandbox::botsubscription::Project;
use reqwest::StatusCode;
use serde_json::json;

use crate::world::{ADA, BORIS, Page, World};

/// Ada has linked a project by the chat.
async fn linked(world: &mut World) -> Project {
    world.has_pages().await;
    world.linked_project().await
}

/// And asks for a key.
async fn asked(world: &mut World) -> Project {
    let project = linked(world).await;
    let ada = world.ada();
    ada.asks("/newkey ci", "Create key ci").await;
    ada.press("Create key");
    ada.sees("shown once, on a page").await;
    project
}

fn newest_secret(world: &World, project: &Project) -> String {
    world
        .sandbox
        .botsubscription()
        .keys(&project.id)
        .pop()
        .unwrap()
        .secret
}

story! {
    async fn it_is_shown_once_and_never_stands_in_the_chat(world) {
        let project = asked(world).await;
        let ada = world.ada();
        let mut page = world.opens(ADA, "Show key").await;
        let about = page.begins().await;
        assert_eq!(about["who"], json!(format!("You are Ada here (id {ADA}).")));
        // Nobody can have saved what nobody has seen.
        let (status, answer) = page.saves().await;
        assert!(status == StatusCode::UNPROCESSABLE_ENTITY && answer["error"].as_str().unwrap().contains("Nobody has opened"), "{answer}");
        assert_eq!((&about["key"]["label"], &about["key"]["state"]), (&json!("ci"), &json!("ready")));
        // To look is not to open: link previews do that, too.
        for _ in 0..3 {
            assert_eq!(page.get().await.status(), StatusCode::OK);
        }
        let (status, answer) = page.opens_key().await;
        let secret = newest_secret(world, &project);
        assert_eq!((status, &answer["secret"]), (StatusCode::OK, &json!(secret)));
        let (status, answer) = page.opens_key().await;
        assert!(status == StatusCode::CONFLICT && answer["error"].as_str().unwrap().contains("opened on a page at"), "{answer}");
        let mut other = world.opens(ADA, "Show key").await;
        assert_eq!(other.begins().await["key"]["state"], "opened");
        assert_eq!(other.opens_key().await.0, StatusCode::CONFLICT);
        assert_eq!(page.saves().await, (StatusCode::OK, json!({ "title": "Saved", "text": "Good. The chat shows how it goes on." })));
        ada.sees("is created and saved").await;
        assert!(world.database.find("SELECT CAST(operation AS TEXT) FROM deliveries").is_empty());
        for chat in [ADA, BORIS] {
            assert!(!world.sandbox.telegram().transcript(chat).contains(&secret));
        }
        let (status, answer) = other.opens_key().await;
        assert_eq!(status, StatusCode::GONE, "{answer}");
        ada.asks("/audit", "opened on the page").await;
    }
}

story! {
    async fn somebody_else_never_gets_it(world) {
        asked(world).await;
        world.boris().asks("/start", "Hello").await;
        let page = world.opens(ADA, "Show key").await;
        let data = world.sandbox.telegram().launch_data(BORIS).unwrap();
        let mut his = Page::at(&format!("{}/app/key?request=1#{}", world.way_in.url(),
            form_urlencoded::Serializer::new(String::new()).append_pair("tgWebAppData", &data).finish()));
        assert_eq!(his.tries().await.0, StatusCode::GONE);
        // With a session of his own, on the other page.
        "link".clone_into(&mut his.name);
        his.init_data = world.sandbox.telegram().launch_data(BORIS).unwrap();
        his.begins().await;
        assert_eq!(his.opens_key().await.0, StatusCode::GONE);
        assert_eq!(his.saves().await.0, StatusCode::GONE);
        let mut page = page;
        assert_eq!(page.begins().await["key"]["state"], "ready");
    }
}

story! {
    async fn of_two_devices_one_has_it(world) {
        asked(world).await;
        let mut pages = Vec::new();
        for _ in 0..5 {
            let mut page = world.opens(ADA, "Show key").await;
            page.begins().await;
            pages.push(page);
        }
        let opened = futures::future::join_all(pages.iter().map(Page::opens_key)).await;
        let won = opened.iter().filter(|(status, _)| *status == StatusCode::OK);
        assert_eq!(won.count(), 1);
        let told = opened.iter().filter(|(status, _)| *status == StatusCode::CONFLICT);
        assert_eq!(told.count(), 4);
    }
}

story! {
    async fn what_was_opened_is_shown_again_only_by_its_person(world) {
        let project = asked(world).await;
        let ada = world.ada();
        let mut page = world.opens(ADA, "Show key").await;
        page.begins().await;
        assert_eq!(page.opens_key().await.0, StatusCode::OK);
        world.pass(Duration::from_mins(11));
        // The way there is gone from the chat after ten minutes.
        let card = ada.sees("The button to the page with the new key was taken out").await;
        assert!(card.button("I saved it").is_some(), "{card}");
        assert_eq!(page.opens_key().await.0, StatusCode::GONE);
        ada.press("Show again");
        ada.sees("shown once, on a page").await;
        let mut page = world.opens(ADA, "Show key").await;
        assert_eq!(page.begins().await["key"]["state"], "ready");
        assert_eq!(page.opens_key().await.1["secret"], json!(newest_secret(world, &project)));
        ada.presses("I lost it", "evok").await;
        assert_eq!(page.opens_key().await.0, StatusCode::GONE);
    }
}

story! {
    async fn a_rotation_goes_on_from_the_page(world) {
        let project = asked(world).await;
        let ada = world.ada();
        let mut page = world.opens(ADA, "Show key").await;
        page.begins().await;
        page.opens_key().await;
        page.saves().await;
        ada.sees("is created and saved").await;
        ada.asks("/rotate ci", "Rotate ci").await;
        ada.press("Rotate key");
        ada.sees("shown once, on a page").await;
        world.crash().await;
        world.starts_serving().await;
        let mut page = world.opens(ADA, "Show key").await;
        page.begins().await;
        assert_eq!(page.opens_key().await.0, StatusCode::OK);
        assert_eq!(page.saves().await.0, StatusCode::OK);
        ada.sees("Rotated: ci").await;
        let alive = world.sandbox.botsubscription().keys(&project.id).into_iter().filter(|key| key.revoked_at_ms.is_none());
        assert_eq!(alive.count(), 2);
    }
}

story! {
    async fn an_owner_chooses_the_chat_instead(world) {
        let project = asked(world).await;
        let ada = world.ada();
        let mut page = world.opens(ADA, "Show key").await;
        page.begins().await;
        ada.asks("/accounts", "Your accounts").await;
        ada.presses("Show new keys in the chat", "are shown in the private chat").await;
        // What stands on the page already is still opened there.
        assert_eq!(page.opens_key().await.0, StatusCode::OK);
        ada.asks("/newkey two", "Create key two").await;
        ada.press("Create key");
        ada.sees("It disappears after ten minutes").await;
        assert!(world.sandbox.telegram().transcript(ADA).contains(&newest_secret(world, &project)));
        ada.asks("/accounts", "Your accounts").await;
        ada.presses("Show new keys on a page", "are shown on a page").await;
    }
}

story! {
    async fn what_was_never_opened_is_not_saved_and_its_old_key_lives(world) {
        let project = asked(world).await;
        let ada = world.ada();
        world.pass(Duration::from_mins(11));
        ada.sees("The button to the page with the new key was taken out").await;
        ada.presses("I saved it", "Nobody has opened the new key yet").await;
        ada.press("Show again");
        ada.sees("shown once, on a page").await;
        let mut page = world.opens(ADA, "Show key").await;
        page.begins().await;
        assert_eq!(page.opens_key().await.1["secret"], json!(newest_secret(world, &project)));
        assert_eq!(page.saves().await.0, StatusCode::OK);
    }
}

story! {
    async fn where_telegram_takes_no_such_button_the_chat_shows_it(world) {
        linked(world).await;
        let ada = world.ada();
        ada.asks("/newkey ci", "Create key ci").await;
        world.expected_refusals.push("editMessageText");
        world.sandbox.telegram().limit(|limits| limits.local_pages = false);
        ada.press("Create key");
        ada.sees("It disappears after ten minutes").await;
        ada.saves().await;
        ada.sees("is created and saved").await;
    }
}

//! `/link`: what is asked, what is tried, what is stored, and what never stays in the chat.

use keyporter::sandbox::{
    fault::{Fault, Rule, ServiceName},
    telegram::Saying,
};

use serde_json::json;

use crate::world::ADA;

story! {
    async fn a_project_is_linked_and_the_token_leaves_the_chat(world) {
        let project = world.sandbox.botsubscription().add_project();
        let ada = world.ada();
        ada.asks("/link", "Where is the account").await;
        ada.presses("BotSubscription", "project ID").await;
        ada.asks(&project.id, "API token").await;
        let token = ada.say(&project.token);
        ada.sees_gone(token).await;
        let linked = ada.sees("Linked").await;
        assert!(linked.text.contains(&format!("BotSubscription {}", &project.id[..8])), "{linked}");
        assert!(linked.button("Rename").is_some() && linked.button("My keys").is_some(), "{linked}");
        let calls = world.sandbox.botsubscription().calls();
        assert!(calls.iter().all(|call| call.method == "GET"), "the token was tried harmlessly: {calls:?}");
        for message in ada.chat() {
            assert!(!message.text.contains(&project.token), "{message}");
        }
    }
}

story! {
    async fn a_refused_token_is_asked_for_again(world) {
        let project = world.sandbox.botsubscription().add_project();
        let ada = world.ada();
        ada.asks("/link", "Where is the account").await;
        ada.presses("BotSubscription", "project ID").await;
        ada.asks(&project.id, "API token").await;
        let mut asked = Vec::new();
        for wrong in ["bsub_wrong-token-0123456789", "bsub_wrong-token-9876543210"] {
            let wrong = ada.say(wrong);
            ada.sees_gone(wrong).await;
            asked.push(ada.sees("refused").await);
        }
        ada.asks(&project.token, "Linked").await;
        ada.asks("/status", "no open requests").await;
        for asked in asked {
            let now = world.sandbox.telegram().message(ADA, asked.id).unwrap();
            assert!(now.button("Cancel").is_none(), "an answered question has no buttons: {now}");
        }
    }
}

story! {
    async fn after_five_refused_tokens_nothing_is_tried_for_a_while(world) {
        let project = world.sandbox.botsubscription().add_project();
        let ada = world.ada();
        ada.asks("/link", "Where is the account").await;
        ada.presses("BotSubscription", "project ID").await;
        ada.asks(&project.id, "API token").await;
        for attempt in 0..5 {
            ada.asks(&format!("bsub_wrong-token-012345678{attempt}"), "refused").await;
        }
        let calls = world.sandbox.botsubscription().calls().len();
        ada.asks(&project.token, "Too many refused credentials").await;
        ada.asks("/link", "Too many refused credentials").await;
        assert_eq!(world.sandbox.botsubscription().calls().len(), calls, "nothing more was tried");
        world.pass(std::time::Duration::from_secs(601));
        ada.links_project(&project).await;
    }
}

story! {
    async fn hostile_project_ids_never_reach_the_provider(world) {
        let ada = world.ada();
        ada.asks("/link", "Where is the account").await;
        ada.presses("BotSubscription", "project ID").await;
        for hostile in ["a/b", "..", "../../v1", "%2e%2e", "a b", "a?b=c", "a#b", &"x".repeat(4000), "проект"] {
            ada.asks(hostile, "no project ID").await;
        }
        assert!(world.sandbox.botsubscription().calls().is_empty());
    }
}

story! {
    async fn what_cannot_be_a_token_is_deleted_and_asked_for_again(world) {
        let project = world.sandbox.botsubscription().add_project();
        let ada = world.ada();
        ada.asks("/link", "Where is the account").await;
        ada.presses("BotSubscription", "project ID").await;
        ada.asks(&project.id, "API token").await;
        for wrong in ["two words", "line\nbreak", "ключ", "/looks-like-a-command"] {
            let message = ada.say(wrong);
            ada.sees_gone(message).await;
        }
        ada.sees("refused").await;
        let calls = world.sandbox.botsubscription().calls().len();
        assert_eq!(calls, 1, "only the one that looks like a token was tried");
        for saying in [Saying::new(&project.token).photo(), Saying::new(&project.token).document("token.txt"), Saying::new("").photo()] {
            let message = ada.send(saying);
            ada.sees("plain text").await;
            ada.sees_gone(message).await;
        }
        // The clipboard's spaces and line breaks around it are not its own.
        ada.asks(&format!("  {}\n", project.token), "Linked").await;
    }
}

story! {
    async fn an_edited_message_is_no_answer_and_does_not_stay(world) {
        let project = world.sandbox.botsubscription().add_project();
        let ada = world.ada();
        ada.asks("/link", "Where is the account").await;
        ada.presses("BotSubscription", "project ID").await;
        let id = ada.say(&project.id);
        ada.sees("API token").await;
        world.sandbox.telegram().edit(ADA, ADA, id, &project.token).unwrap();
        ada.sees_gone(id).await;
        ada.sees("don't read edited messages").await;
        ada.asks(&project.token, "Linked").await;
    }
}

story! {
    async fn an_unknown_project_is_asked_for_again(world) {
        let project = world.sandbox.botsubscription().add_project();
        let ada = world.ada();
        ada.asks("/link", "Where is the account").await;
        ada.presses("BotSubscription", "project ID").await;
        ada.asks("11111111-2222-3333-4444-555555555555", "API token").await;
        ada.asks(&project.token, "knows no such project").await;
        ada.asks(&project.id, "API token").await;
        ada.asks(&project.token, "Linked").await;
    }
}

story! {
    async fn linking_the_same_project_again_asks_before_it_replaces(world) {
        let project = world.linked_project().await;
        let second = world.sandbox.botsubscription().create_key_outside(&project.id, "second").unwrap();
        let ada = world.ada();
        ada.asks("/link", "Where is the account").await;
        ada.presses("BotSubscription", "project ID").await;
        ada.asks(&project.id, "API token").await;
        let question = ada.asks(&second.secret, "linked already").await;
        assert!(question.text.contains(second.last_four()), "{question}");
        ada.presses("Replace it", "Linked again").await;
        world.sandbox.botsubscription().revoke_outside(&project.id, &world.sandbox.botsubscription().keys(&project.id)[0].id);
        ada.asks("/keys", "second").await;
        let accounts = ada.asks("/accounts", "Your accounts").await;
        assert_eq!(accounts.text.matches("BotSubscription ").count(), 1, "{accounts}");
    }
}

story! {
    async fn replacing_can_be_declined(world) {
        let project = world.linked_project().await;
        let second = world.sandbox.botsubscription().create_key_outside(&project.id, "second").unwrap();
        let ada = world.ada();
        ada.asks("/link", "Where is the account").await;
        ada.presses("BotSubscription", "project ID").await;
        ada.asks(&project.id, "API token").await;
        ada.asks(&second.secret, "linked already").await;
        ada.presses("Cancel", "Cancelled").await;
        let accounts = ada.asks("/accounts", "Your accounts").await;
        assert!(accounts.text.contains(&project.token[project.token.len() - 4..]), "{accounts}");
    }
}

story! {
    async fn a_bots_business_account_is_linked_by_its_key(world) {
        let account = world.sandbox.bots_business().add_account("ada@example.com");
        let ada = world.ada();
        ada.asks("/link", "Where is the account").await;
        ada.presses("Bots.Business", "Profile").await;
        ada.asks("hJIklVJx9-09-EfqnYa0uU0LgX7d-JyJdBUve8Bm", "refused").await;
        let linked = ada.asks(&account.api_key, "Linked").await;
        assert!(!linked.text.contains("Telegram account is linked"), "nothing says so: {linked}");
        assert!(!linked.text.contains("ada@example.com"), "{linked}");
        let bots_asked = world.sandbox.bots_business().calls().iter().any(|call| call.path.contains("/bots"));
        assert!(!bots_asked, "that list holds other tokens");
    }
}

story! {
    async fn the_providers_own_telegram_link_is_mentioned_only_when_it_surely_matches(world) {
        let account = world.sandbox.bots_business().add_account("ada@example.com");
        world.sandbox.bots_business().change_account(account.id, |account| {
            account.linked_accounts = vec![serde_json::json!({ "id": 41_952_866 }), serde_json::json!({ "id": ADA })];
        });
        let ada = world.ada();
        ada.asks("/link", "Where is the account").await;
        ada.presses("Bots.Business", "API key").await;
        let linked = ada.asks(&account.api_key, "Linked").await;
        assert!(linked.text.contains("This Telegram account is linked to it"), "{linked}");
    }
}

story! {
    async fn a_botanalytics_channel_is_linked_without_writing_a_message(world) {
        let channel = world.sandbox.botanalytics().add_channel("universal");
        let dead = world.sandbox.botanalytics().add_channel("rasa");
        world.sandbox.botanalytics().regenerate(dead.id);
        let ada = world.ada();
        ada.asks("/link", "Where is the account").await;
        ada.presses("Botanalytics", "Project settings").await;
        ada.asks("not.a-channel-key", "no channel key").await;
        ada.asks(&dead.key, "refused").await;
        let linked = ada.asks(&channel.key, "Linked").await;
        assert!(linked.text.contains("Botanalytics universal"), "{linked}");
        assert!(world.sandbox.botanalytics().messages().is_empty());
    }
}

story! {
    async fn two_channels_of_one_kind_can_both_be_linked(world) {
        let first = world.sandbox.botanalytics().add_channel("universal");
        let second = world.sandbox.botanalytics().add_channel("universal");
        let ada = world.ada();
        for (key, words) in [(&first.key, "Linked"), (&second.key, "or link it as another account")] {
            ada.asks("/link", "Where is the account").await;
            ada.presses("Botanalytics", "API key").await;
            ada.asks(key, words).await;
        }
        let linked = ada.presses("Link as another account", "Linked").await;
        assert!(linked.text.contains("Botanalytics universal 2"), "{linked}");
    }
}

story! {
    async fn twenty_accounts_are_enough(world) {
        let ada = world.ada();
        world.sandbox.telegram().limit(|limits| limits.private_burst = 1000);
        let mut last = None;
        for _ in 0..20 {
            let project = world.sandbox.botsubscription().add_project();
            world.pass(std::time::Duration::from_mins(1));
            ada.links_project(&project).await;
            last = Some(project);
        }
        let (one_more, last) = (world.sandbox.botsubscription().add_project(), last.unwrap());
        let second = world.sandbox.botsubscription().create_key_outside(&last.id, "second").unwrap();
        // An account that is there may always have another credential.
        for (project, token, words) in [
            (&one_more.id, &one_more.token, "more are not possible, so this one was not stored"),
            (&last.id, &second.secret, "linked already"),
        ] {
            world.pass(std::time::Duration::from_mins(1));
            ada.asks("/link", "Where is the account").await;
            ada.presses("BotSubscription", "project ID").await;
            ada.asks(project, "API token").await;
            ada.asks(token, words).await;
        }
        ada.presses("Replace it", "Linked again").await;
    }
}

story! {
    async fn two_people_may_link_the_same_project(world) {
        let project = world.linked_project().await;
        let boris = world.boris();
        boris.asks("/start", "Hello").await;
        boris.links_project(&project).await;
        boris.asks("/keys", "dashboard").await;
    }
}

story! {
    async fn a_token_that_cannot_be_deleted_is_warned_of(world) {
        let project = world.sandbox.botsubscription().add_project();
        let ada = world.ada();
        ada.asks("/link", "Where is the account").await;
        ada.presses("BotSubscription", "project ID").await;
        ada.asks(&project.id, "API token").await;
        let refusal = serde_json::json!({ "ok": false, "error_code": 400, "description": "Bad Request: message can't be deleted for everyone" });
        world.expected_refusals.push("deleteMessage");
        let refuse = Rule::new(ServiceName::Telegram, Fault::Status(400, Some(refusal))).path("deleteMessage");
        world.sandbox.faults().add(refuse.clone());
        let photo = ada.send(Saying::new(&project.token).photo());
        ada.sees("could not delete").await;
        let complaint = ada.sees("plain text").await;
        // It is tried once more.
        ada.sees_gone(photo).await;
        assert!(!complaint.text.contains("I deleted"), "{complaint}");
        world.sandbox.faults().add(refuse);
        ada.asks(&project.token, "could not delete").await;
        ada.sees("Linked").await;
    }
}

story! {
    async fn a_token_in_the_place_of_the_project_does_not_stay(world) {
        let project = world.sandbox.botsubscription().add_project();
        let ada = world.ada();
        ada.asks("/link", "Where is the account").await;
        ada.presses("BotSubscription", "project ID").await;
        let token = ada.say(&project.token);
        ada.sees_gone(token).await;
        ada.sees("no project ID").await;
        ada.asks(&project.id, "API token").await;
        ada.asks(&project.token, "Linked").await;
        for message in ada.chat() {
            assert!(!message.text.contains(&project.token), "{message}");
        }
    }
}

story! {
    async fn a_token_that_nobody_asked_for_does_not_stay(world) {
        let project = world.sandbox.botsubscription().add_project();
        let ada = world.ada();
        let written = ada.say("good morning");
        ada.sees("I understand commands").await;
        world.sandbox.telegram().edit(ADA, ADA, written, &project.token).unwrap();
        ada.sees_gone(written).await;
        ada.sees("looked like a key or a token, so I deleted it").await;
        let token = ada.say(&format!("here is it: {}", project.token));
        ada.sees_gone(token).await;
        ada.sees("looked like a key or a token, so I deleted it").await;
        ada.asks("/link", "Where is the account").await;
        let token = ada.say(&project.token);
        ada.sees_gone(token).await;
        ada.sees("press one of the buttons above first").await;
        ada.asks("and now?", "Please press one of the buttons above, or").await;
        ada.presses("BotSubscription", "project ID").await;
        ada.asks(&project.id, "API token").await;
        ada.asks(&project.token, "Linked").await;
        let left = ada.chat();
        assert!(left.iter().all(|message| !message.text.contains(&project.token)), "{left:?}");
    }
}

story! {
    async fn whoever_brings_too_many_still_hears_that_a_secret_was_not_deleted(world) {
        let project = world.sandbox.botsubscription().add_project();
        let ada = world.ada();
        ada.asks("/link", "Where is the account").await;
        ada.presses("BotSubscription", "project ID").await;
        ada.asks(&project.id, "API token").await;
        let cannot = Fault::Status(400, Some(json!({ "ok": false, "error_code": 400, "description": "Bad Request: message can't be deleted" })));
        for attempt in 0..5 {
            ada.asks(&format!("bsub_wrong-token-012345678{attempt}"), "refused").await;
        }
        world.sandbox.faults().add(Rule::new(ServiceName::Telegram, cannot).path("deleteMessage"));
        ada.say(&project.token);
        ada.sees("Please delete it yourself").await;
        ada.sees("Too many refused credentials").await;
    }
}

story! {
    async fn a_404_where_there_are_no_projects_asks_for_no_project(world) {
        let account = world.sandbox.bots_business().add_account("ada@example.com");
        let ada = world.ada();
        ada.asks("/link", "Where is the account").await;
        ada.presses("Bots.Business", "API key").await;
        world.sandbox.faults().add(Rule::new(ServiceName::BotsBusiness, Fault::Status(404, None)));
        let answer = ada.asks(&account.api_key, "Nothing was changed").await;
        assert!(!answer.text.contains("project ID"), "{answer}");
        ada.asks("/cancel", "cancel").await;
    }
}

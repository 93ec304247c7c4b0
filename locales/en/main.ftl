# What people read. { $name }-like values in these messages are put in after Fluent: they are never changed or escaped.
# A button that a person looks for ends with the words given here; see docs/ADDING_A_COMMAND.md.

## Buttons
button-link-account = 🔗 Link account
button-my-keys = 🔑 My keys
button-help = ❓ Help
button-cancel = Cancel
button-rename = ✏️ Rename
button-keys = 🔑 Keys
button-show-keys = 🔑 Show keys
button-unlink = Unlink
button-new-key = ➕ New key
button-create-key = Create key
button-revoke-key = Revoke key
button-revoke-all = Revoke all
button-rotate-key = 🔄 Rotate key
button-i-saved-it = ✅ I saved it
button-i-lost-it = I lost it
button-show-again = 👁 Show again
button-copy = 📋 Copy
button-copy-id = 📋 Copy my id
button-link-again = 🔗 Link again
button-replace = Replace it
button-link-another = Link as another account
button-i-have-the-new-key = I have the new key
button-revoke-and-create-again = Revoke it and create again
button-keep-it = Keep it
button-previous = ◀️
button-next = ▶️
button-older = Older
button-newer = Newer
button-all-keys-of = All keys of { $name }
button-all-keys-of-all-accounts = All keys of all accounts
button-stop-trying = Stop trying
button-keep-trying = Keep trying
button-old-saved = Once saved
button-old-later = { $time } later
button-old-at-once = At once
button-revoke-old-now = Revoke old now
button-keep-longer = Keep longer
button-as-account = As the account
button-as-telegram = As in Telegram
button-pause = Pause issuing
button-resume = Resume issuing
button-open-private-chat = Open private chat
button-rotate = 🔄 Rotate
button-revoke = Revoke
button-later = Later
button-audit-everything = Everything
button-audit-keys = Only keys
button-audit-accounts = Only accounts
button-audit-leaks = Only leaks
button-audit-account = Account: { $account }
button-audit-any-account = All accounts
button-audit-verify = Verify
button-audit-export = Export
button-bind = 🔗 Bind { $name }
button-unbind = ✂️ Unbind { $name }
button-this-is-me = 🙋 This is me
button-grant = Grant
button-approve = Approve
button-reject = Reject
button-withdraw = Withdraw
button-policy-issue = New keys
button-policy-rotate = Rotations
button-policy-revoke = Revocations
button-policy-waits = How long it waits
button-policy-codes = Codes
button-policy-no-code = Without a code
button-policy-code = With a code
button-policy-nobody = Nobody
button-policy-count = { $count ->
    [one] 1 person
   *[other] { $count } people
 }
button-back = Back

## Commands, as Telegram's menu shows them
command-start = what I do
command-link = link an account
command-accounts = your linked accounts
command-keys = your keys
command-newkey = create a key: /newkey label
command-rotate = replace a key: /rotate label
command-revoke = revoke a key: /revoke label
command-panic = after a leak: revoke all keys, or one
command-status = your open requests
command-audit = what happened to your accounts
command-age = how old keys may become, or one: /age label
command-leakwatch = delete leaked keys in a group: /leakwatch on
command-unlink = forget an account
command-bind = in a group: let it work with your account
command-unbind = in a group: take your account from it
command-grant = in a group: grant a role, /grant issuer
command-ungrant = in a group: take a role away
command-roles = in a group: who may do what
command-policy = in a group: who has to approve what
command-language = choose the language
command-timezone = when it is night: /timezone +3
command-cancel = stop what we are doing
command-help = help
command-pause = stop or allow issuing (operators)

## Start, help, language
start-greeting =
    👋 Hello{ $known ->
        [yes] , { $name }
       *[no] { "" }
    }! I look after the API keys of your bots.

    Link an account once; from then on you create, list, rotate and revoke its keys right here. A new key is shown to you alone.
start-not-allowed =
    🔒 This Keyporter is private, and you are not on its list yet.

    Your Telegram id is { $id }. Give it to whoever runs this bot.
help-heading = What you can send me:
help-secrets = A credential that you send me is deleted from the chat at once and kept encrypted. A new key is shown to you alone and disappears after ten minutes; the copy for you is wiped when you press “I saved it”, and after a day at the latest.
language-question = In which language shall I speak?
language-chosen = I speak English now.
language-as-telegram = I follow Telegram's language from now on.
timezone-set = Your time zone is { $zone }: it is { $time } there. Between 22:00 and 8:00 I remind you of nothing.
timezone-how = Your time zone is { $zone }: it is { $time } there. To change it, send its distance from UTC, for example /timezone +3 or /timezone -4:30.
timezone-unknown = That is no time zone that I know, so nothing was changed: yours is { $zone }, and it is { $time } there. To change it, send its distance from UTC, for example /timezone +3 or /timezone -4:30.

## Linking
link-question = Where is the account that you want to link?
link-project = { $provider }: send me the project ID. It looks like { $example }.
link-token =
    Now send me the API token of project { $project }. I delete your message as soon as it arrives, then try the token with a harmless call.

    You find the token in the dashboard: the project's settings, “API”.
link-key-bots-business =
    Bots.Business: send me the API key of your account. I delete your message as soon as it arrives, then try the key with a harmless call.

    You find the key in the Bots.Business app: Profile → BB API Key.
link-key-botanalytics =
    Botanalytics: send me the API key of the channel. I delete your message as soon as it arrives, then look whether the key is accepted.

    You find the key in the dashboard: Project settings → Channels → your channel.
link-done = ✅ Linked: { $name }
link-done-hint = Its keys are under “My keys”; /newkey creates one.
link-done-one-key = Its key can be replaced with /rotate.
link-telegram-matches = This Telegram account is linked to it at Bots.Business as well.
link-replaced = ✅ Linked again: { $name } now uses the new credential (…{ $last_four }).
link-replace-question = The credential works, and this account is linked already as { $name }. Replace its stored credential (…{ $old }) with the new one (…{ $new })?
link-replace-question-another = The key works for the same kind of channel as { $name }. Replace the key stored there (…{ $old }) with the new one (…{ $new }), or link it as another account?
link-not-deleted = ⚠️ I could not delete your message. Please delete it yourself: it holds a secret.
link-project-unknown = { $provider } knows no such project, or this token does not belong to it. Nothing was stored. Send me the project ID again, or /cancel.
link-edited = I don't read edited messages. I deleted it, in case it held a secret; please send it as a new message.

## Accounts
accounts-heading = Your accounts:
accounts-none = No account is linked yet.
account-line = { $name } · { $provider }
account-number = { $number }.
account-state-linked = works with …{ $last_four }
account-state-linked-no-four = works
account-state-refused = ⚠️ its credential was refused; link it again
account-state-lost = ⚠️ its key was replaced and lost; link it again
rename-question = What shall { $name } be called? Send me the new name.
rename-done = ✅ Renamed: { $name }
choose-account-new-key = In which account shall the key { $label } be created?
choose-account-unlink = Which account shall I forget?
unlink-question = Unlink { $name }? I wipe its credential. Its keys at { $provider } live on, and so does the credential there until you revoke it.
unlink-open = These requests end where they are. What stays behind:
unlink-nothing-made = Nothing is created yet, and nothing will be.
unlink-unknown = Whether a key was created is not known yet. If it was, it stays alive, and its secret is lost.
unlink-unknown-one-key = Whether the key was replaced is not known yet. If it was, the old one is dead, and you find the new one in the provider's own app.
unlink-orphan = This stays alive, and nobody has its secret: { $keys }.
unlink-not-saved = The new key { $key } is made and not saved: it stays alive, but its secret is lost. Save it before you unlink.
unlink-new-lives = The new key { $key } stays alive.
unlink-old-lives = The old key { $key } stays alive.
unlink-not-revoked = The key { $key } is not surely revoked yet and may stay alive.
unlink-done = Unlinked: { $name }. Its credential is wiped here; at { $provider } it works on until you revoke it there.

## Keys
keys-none = No keys yet. /newkey creates one.
key-line = { $key } · { $age }
key-line-revoked = { $key } · revoked
key-own = · used by Keyporter
keys-page = Page { $page } of { $pages }
keys-more = { $count ->
    [one] and one more
   *[other] and { $count } more
 }
age-moments = just now
age-minutes = { $count ->
    [one] 1 minute
   *[other] { $count } minutes
 }
age-hours = { $count ->
    [one] 1 hour
   *[other] { $count } hours
 }
age-days = { $count ->
    [one] 1 day
   *[other] { $count } days
 }
age-unknown = age unknown
choose-key-revoke = Which key shall be revoked?
choose-key-rotate = Which key shall be replaced?
choose-key-age = Which key do you mean?
choose-key-near = No key is called exactly { $wanted }. Do you mean one of these?
choose-key-too-many = There are too many to show. Say more of the label, or the last four characters.
key-not-found = No living key has the label or the last four characters { $wanted }. /keys shows what there is.
key-revoked-already = { $key } is revoked already.
keys-nothing-alive = There is no living key to choose from.

## What has changed without us
watch-drift = 👀 The keys of { $account } have changed, and not through me.
watch-appeared = New there: { $keys }
watch-vanished = Revoked or gone there: { $keys }
watch-unexpected = If you know why, there is nothing to do. If not: /revoke kills a key at once, /rotate replaces one.

## Leaked keys
leak-key = 🚨 A key was leaked: { $key } of { $account }
leak-credential = 🚨 The credential of { $account } was leaked: { $key }
leak-by-you-here = You posted it in this chat.
leak-by-you = You posted it in the group { $group }.
leak-in-private = { $person } sent it to me in a private chat.
leak-in-group = { $person } posted it in the group { $group }.
leak-deleted = I deleted the message.
leak-not-deleted = ⚠️ I could not delete the message, so it may still stand there.
leak-hint = Whoever has seen it can use it. Rotate replaces it, Revoke kills it.
leak-removed = 🚨 I deleted a message of { $person }: it held a key. Whoever the key belongs to has been told.
leak-removed-private = I deleted your message: it held a key that I look after. Nothing else in it was done.
leak-to-remove = 🚨 A message of { $person } holds a key, and I cannot delete it. Please delete it. Whoever the key belongs to has been told.
leakwatch-private = The leak watch is for groups: an administrator sends /leakwatch on there. In this chat it is always on: a message that holds a key which I know is deleted, and the key's owner is told.
leakwatch-is-on = 👀 The leak watch is on in this group: I look through every message that Telegram shows me for keys which I know. None of these messages is stored.
leakwatch-is-off = The leak watch is off in this group: I read nothing here but commands.
leakwatch-how = An administrator of the group decides: /leakwatch on or /leakwatch off
leakwatch-on = 👀 The leak watch is on in this group. What that costs: I now read every message here that Telegram shows me, to see whether it holds a key which I know. None of these messages is stored or passed on. One that holds a key is deleted, and the key's owner is told in private where it was and who posted it. /leakwatch off ends it.
leakwatch-off = The leak watch is off in this group. I read nothing here but commands.
leakwatch-blind = ⚠️ I am no administrator here with the right to delete messages. So I may not be shown all messages, and can only point out what I cannot delete. Give me that right.
leakwatch-not-yours = Nothing was changed: only an administrator of this group may decide that.
leakwatch-unknown = Nothing was changed: I could not ask Telegram whether you are an administrator here. Try again in a minute.

## How old keys may become
age-which = How long may keys live? Choose an account.
age-question = How old may the keys of { $account } become? Now: { $age }. I remind you 30, 7 and 1 days before; nothing is replaced by itself.
age-never = no end
age-done = ✅ The keys of { $account } may become { $age } old. I remind you 30, 7 and 1 days before, and /keys shows what is due.
age-done-never = ✅ The keys of { $account } may become as old as they like. I remind you of none.
age-key-question = How old may { $key } in { $account } become? Now: { $age }. I remind you 30, 7 and 1 days before; nothing is replaced by itself.
age-as-account = { $age }, as the account
age-key-done = ✅ How old { $key } may become: { $age }. I remind you 30, 7 and 1 days before, and /keys shows what is due.
age-key-done-never = ✅ How old { $key } may become: { $age }. I do not remind you of it.
due-in = { $count ->
    [one] due in 1 day
   *[other] due in { $count } days
 }
due-over = overdue
due-reminder = ⏰ { $key } in { $account }: { $due }
due-hint = Keys there may become { $age } old, as you have chosen; /age changes that.
due-hint-own = For this key alone: { $command }
due-hint-key = This key may become { $age } old, as you have chosen for it alone; { $command } changes that.
due-later = All right. /keys shows what is due.

## A new key
new-key-label-question = What shall the key be for? Send me a label, for example: staging bot
new-key-question = Create key { $label } in { $account }?
new-key-one-key = { $account } has exactly one key, so there is nothing to create. It can be replaced by a new one.
new-key-one-key-each = Each of your accounts has exactly one key, so there is nothing to create. /rotate replaces one.

## Revoking
revoke-question = Revoke { $key } in { $account }? Whatever uses it stops working at once. This cannot be undone.
revoke-own = ⚠️ It seems to be the key that I use for this account myself. Without it I can do nothing there until you link the account again. /rotate replaces it without a gap.
revoke-one-key = The one key of { $account } cannot be revoked, only replaced. The old one dies at the moment when the new one is made.
## After a leak
panic-choice = 🚨 What has leaked? I show you what would be revoked before anything happens. For one key send its label or its last four characters: /panic 9a1c
panic-question = 🚨 { $count ->
    [one] Revoke this key? Whatever uses it stops
   *[other] Revoke these { $count } keys? Whatever uses them stops
 } working at once. This cannot be undone.
panic-nothing = There is no living key that I could revoke.
panic-count = { $count ->
    [one] 1 key
   *[other] { $count } keys
 }
panic-more = ⚠️ { $count ->
    [one] One more key is
   *[other] { $count } more keys are
 } too many for one press. Send /panic again afterwards.
panic-under-way = { $count ->
    [one] One more key is
   *[other] { $count } more keys are
 } being revoked already; /status shows it.
panic-own = ⚠️ In { $accounts } I use one of these keys myself. I revoke such a key last; then its account has to be linked again.
panic-one-key = ⚠️ Where an account has only one key, I cannot revoke it, only replace it: { $accounts }. See the message below.
panic-replace = Where an account has only one key, it cannot be revoked, only replaced: { $accounts }. The old key dies at the moment when the new one is made.
panic-unread = ⚠️ I cannot read the list of { $account } now, so I know only the keys that I made there myself and that are not known to be dead. Look at its dashboard for others, or send /panic again later.
panic-under-way-heading = 🚨 { $count ->
    [one] Revoking 1 key
   *[other] Revoking { $count } keys
 } (requests { $first } to { $last })
panic-gone = ✅ { $count ->
    [one] 1 key is revoked
   *[other] All { $count } keys are revoked
 } (requests { $first } to { $last })
panic-stopped = ⚠️ { $count ->
    [one] 1 key was
   *[other] { $count } keys were
 } to be revoked, and not all are (requests { $first } to { $last })
panic-counts = Gone: { $gone } · accepted, not seen gone yet: { $accepted } · asked: { $asked }
panic-given-up = { $count ->
    [one] 1 was given up and
   *[other] { $count } were given up and
 } may still be alive: revoke in the provider's dashboard.
reminder = ⏰ Not revoked yet, asked for on { $time }:
reminder-choice = I go on trying unless you stop me.

## Rotating
rotate-question = Rotate { $key } in { $account }? I create a new key with the same label and show it to you.
rotate-old-saved = The old key dies only after you press “I saved it” and the new one has worked. Below you can choose another time for it.
rotate-old-later = The old key lives on for { $time } after you press “I saved it” and the new one has worked, so that you can change over in peace. I remind you before its end.
rotate-old-at-once = ⚠️ The old key dies at once, before there is a new one: right after a leak. Whatever uses it stands still until it gets the new one.
rotate-own = It seems to be the key that I use for this account myself; I go over to the new one.
rotate-question-one-key = Rotate the key of { $account } ({ $key })? ⚠️ The old key dies at once, at the moment when the new one is made. Whatever uses it stands still until it gets the new one.
rotate-guided =
    Botanalytics lets nobody but you replace the key of { $account }. In its dashboard:

    1. Click the name of the active project, then Project settings. (Or: click the logo, then ⋯ on the project's tile, then Settings.)
    2. Open the tab Channels and click your channel.
    3. Click Regenerate on the right, and Regenerate once more to confirm.

    Treat the old key as dead from then on. Come back here with the new one.
rotate-guided-send = Send me the new key of { $account }. I delete your message as soon as it arrives.
rotate-guided-done = ✅ Recorded: { $account } now has the key …{ $last_four }.
rotate-guided-old-dead = Botanalytics refuses the old key now.
rotate-guided-old-lives = ⚠️ Botanalytics has not refused the old key. If it should be dead, look at the dashboard.
rotate-guided-old-unknown = I could not find out whether the old key is dead; its dashboard tells.
rotate-guided-same = This is the key that I have already. Send me the new one from the dashboard.
rotate-guided-other-channel = This key is for another kind of channel than { $account }. Nothing was changed. Send me the right one.

## Requests
request-number = Request { $number }
request-issue = New key { $label }
request-rotate = Rotation of { $label }
request-revoke = Revocation of { $key }
step-creating = ⏳ Creating the key…
step-replacing = ⏳ Replacing the key…
step-unknown = 🔍 The answer of { $provider } was lost. I do not know yet whether the key was created; I am looking.
step-unknown-one-key = 🔍 The answer of { $provider } was lost. I do not know yet whether the key was replaced; I am looking.
step-orphan = ⚠️ The answer of { $provider } was lost after it had created a key, so nobody has seen its secret: { $keys }. If it was not made by a colleague just now, it is of no use to anyone.
step-deliver = ⏳ The key is created. I am putting it into our chat…
step-shown = 🔑 The new key stands in this chat. Save it, then press “I saved it” under it.
step-shown-rotate = 🔑 The new key stands in this chat. Save it, then press “I saved it” under it; only then is the old one revoked.
step-shown-rotate-later = 🔑 The new key stands in this chat. Save it, then press “I saved it” there; the old one lives on for { $time } after that.
step-shown-group = 🔑 The new key stands in { $name }'s private chat with me, and waits there for “I saved it”.
step-approval = ✋ Waits for others to approve: { $given } of { $needed } so far. It ends by itself at { $time }. Nothing has been done yet.
step-hidden = 🔒 The new key was taken out of the chat. I can show it again for another { $time }.
step-on-page = 🔑 The new key is ready: “Show key” opens the page that shows it, once. Save it, then press “I saved it” there.
step-on-page-rotate = 🔑 The new key is ready: “Show key” opens the page that shows it, once. Save it, then press “I saved it” there; only then is the old one revoked.
step-on-page-rotate-later = 🔑 The new key is ready: a button in this chat opens the page that shows it, once. Save it, then press “I saved it” there; the old one lives on for { $time } after that.
request-goes-on = ⏳ It goes on. The request’s own message shows how it ends.
button-how-it-stands = How it stands
step-on-page-group = 🔑 The new key is ready for { $name }, on a page that only they can open, and waits there for “I saved it”.
step-not-open = 🔒 The button to the page with the new key was taken out of the chat. I can show it again for another { $time }.
step-prove = ⏳ Saved. I am trying the new key before the old one dies…
step-prove-one-key = ⏳ Saved. I am trying the new key…
step-overlap = ✅ The new key { $key } is saved and works. The old one ({ $old }) lives on until { $end }, for another { $time }.
overlap-reminder = ⏰ The old key { $old } dies on { $end }, in { $time }. If everything uses the new one ({ $key }) by then, there is nothing to do.
step-revoke = ⏳ Revoking { $key }: asked, not yet accepted.
step-verify = ⏳ Revoking { $key }: { $provider } accepted; I am looking whether it is gone.
step-verify-refused = ⏳ Revoking { $key }: not accepted; I am looking whether it lives.
hindrance-provider-away = { $provider } cannot be reached right now.
hindrance-rate-limited = { $provider } asks to wait.
hindrance-credential-refused = { $provider } refuses the credential of { $account }. Link it again, and I go on.
hindrance-credential-unreadable = The stored credential of { $account } is damaged: I cannot open it. Link it again, and I go on.
hindrance-chat-closed = I cannot write to our private chat. Unblock me there, and I go on.
hindrance-telegram-away = Telegram cannot be reached right now.
hindrance-still-alive = { $provider } accepted, but still lists the key as alive; I ask again.
hindrance-revoke-refused = { $provider } refuses to revoke it, and its list shows the key as alive. I ask again; look at its dashboard meanwhile.
hindrance-queued = Another request on this account waits for a lost answer; this one comes after it.
hindrance-after-others = The key that I use myself is revoked after the others of its account.
hindrance-paused = An operator has paused new keys and rotations; I wait.
hindrance-not-allowed = You are not on this Keyporter's list any more, so I show you no key. It stays sealed until its end; ask whoever runs this bot.
next-try = Next try in { $time }.
tries-so-far = Tries so far: { $count }.
last-try = Last try: { $time } ago.
end-created = ✅ Key { $key } is created and saved.
end-rotated = ✅ Rotated: { $key } is the new key, the old one ({ $old }) is revoked.
end-rotated-one-key = ✅ Rotated: { $key } is the new key of { $account }; the old one is dead.
end-revoked = ✅ Revoked: { $key }
end-revoked-own = It was the key that I used for { $account }. Link the account again to go on.
end-undone = The new key { $key } is revoked; nobody can use it. /newkey creates another one.
end-undone-rotate = The new key { $key } is revoked. The old one ({ $old }) works on; /rotate replaces it.
end-orphan-kept = This lives on, and nobody has its secret from me: { $keys }. /revoke ends it whenever you want.
end-credential-lost = ⚠️ Bots.Business replaced the key, but its answer was lost, so I do not have the new one. The old one is dead. You find the new key in the Bots.Business app (Profile → BB API Key); link { $account } again with it.
end-relinked = The answer about the replacement was lost, and you have linked { $account } with another key since. That key is the one I use; the one that I was to replace is not used any more. Nothing is open.
end-replaced = The key { $key } of { $account } has been replaced by another one since: it is dead, and whatever still uses it needs the newer one. I use the newer one. Nothing is open.
end-not-saved = ⚠️ Nobody pressed “I saved it” for a day, so I wiped the secret. The new key { $key } lives on; /revoke it if you don't have it.
end-not-saved-rotate = ⚠️ Nobody pressed “I saved it” for a day, so I wiped the secret. The new key { $key } lives on, and so does the old one ({ $old }); /revoke the one that you don't use.
end-not-saved-one-key = Nobody pressed “I saved it” for a day, so I wiped the copy for you. The new key { $key } of { $account } is in use; the old one is dead. If you don't have it, take it from the Bots.Business app (Profile → BB API Key), or /rotate makes another one.
end-unproven = ⚠️ I could not prove that the new key { $key } works: it was refused, or could not be tried for a day. So I left the old one ({ $old }) alive, and both stay as they are. Try the new one yourself, then /revoke the one that you don't use.
end-unproven-one-key = ⚠️ I could not prove that the new key { $key } of { $account } works: it was refused, or could not be tried for a day. The old one is dead. Look in the provider's own app which key is valid now, and link the account again with it.
end-withdrawn = Ended: the account was unlinked, or is not yours any more. What was done until then stays as it is; { $provider }'s dashboard shows the keys that live.
end-stopped-no-new = No new key was created.
end-old-revoked = The old key { $old } is revoked.
end-stopped = ⚠️ I stopped trying to revoke { $key }. The key may still be alive; revoke it in the provider's dashboard ({ $provider }).
end-nothing-created = ❌ Nothing was created.
end-nothing-rotated = ❌ Nothing was changed; the old key is as it was.
end-nothing-revoked = ❌ Nothing was revoked; the key is as it was.
reason-credential-refused = { $provider } refused the credential of { $account }. Link it again, then try once more.
reason-not-found = { $provider } knows no such account or project (any more). Look at its dashboard; if the project is gone for good, /unlink the account.
reason-invalid = { $provider } refused the request. Try again, perhaps with another label.
reason-invalid-words = { $provider } refused the request and says: { $words }
reason-chat-closed = I cannot write to you in our private chat. Open it, then ask again.
reason-chat-closed-group = I cannot write to { $name } in our private chat, and a new key is shown nowhere else. { $name }, open it with the button below and press Start within 15 minutes: I go on by myself.
request-by = Asked for by { $name }.
approvals-needed = ✋ { $count ->
    [one] One other person of this group who could do it too has to approve it first.
   *[other] { $count } other people of this group who could do it too have to approve it first.
 }
approved-by = Approved by { $names }.
rejected-by = Rejected by { $name }.
rejected-because = Rejected by { $name }: { $why }.
objection-not-needed = not needed
objection-wrong = wrong key or label
objection-not-now = not now
objection-talk-first = let's talk first
decided-nothing-done = Nothing was done.
decided-begins = It goes on now.
approval-about = The old key is { $key }.
approval-one-key = The account has one key: it dies the moment the new one is made.
reason-provider-away = { $provider } could not be reached for ten minutes. Ask again later.
reason-rate-limited = { $provider } takes no more calls within the ten minutes for which I try. Ask again later.
reason-too-late = It could not begin for ten minutes, so I gave it up. Ask again if you still want it.
reason-not-allowed = You are not on this Keyporter's list any more. Ask whoever runs this bot.
reason-not-approved = Not enough people have approved it in time. Ask again if it is still wanted.
reason-rejected = It was rejected.
reason-taken-back = It was taken back before it began.
reason-no-right = Whoever asked for it may not do that in this group any more.
reason-never-appeared = The answer of { $provider } was lost, and a minute later no such key was there. Ask again if you still want one.
reason-never-appeared-others = What is new there since: { $keys }. If { $provider } changed the label, your key may be there.
reason-still-old = The answer of { $provider } was lost, and a minute later the old key still worked. Ask again if you still want it replaced.
status-none = You have no open requests.
status-none-group = There are no open requests in this group.
status-heading = Your open requests:
status-heading-group = Open requests from this group:
status-unreadable = ⚠️ What I have stored of request { $number } is damaged, so I cannot go on with it. Please tell the operator. Everything else goes on.
status-started = Started { $time }

## The secret's message
place-empty = 🔒 The new key will appear here.
place-emptied = 🔒
secret-heading = 🔑 { $label } · { $account }
secret-uncover = Tap to uncover.
secret-tap-to-copy = Tap the key to copy it.
secret-hint = Save it where your bot finds it, then press “I saved it”. It disappears after ten minutes.

## Audit
audit-heading = What happened, newest first:
audit-none = Nothing has happened yet.
audit-none-such = Nothing of this kind has happened.
audit-how = Send /audit to read it, /audit export for files, or /audit verify to see whether it is whole.
audit-which = The history of which account?
audit-exported = What happened to your accounts, as a table: { $count ->
    [one] 1 entry
   *[other] { $count } entries
 }, oldest first.
audit-exported-cut = What happened to your accounts, as a table: the newest { $count } entries, oldest first. There are older ones, which do not fit.
audit-exported-json = The same for programs.
audit-not-exported = ⚠️ Telegram did not take the file, so you don't have it. Nothing was changed; send /audit export again later.
audit-whole = ✅ The history of your accounts is whole.
audit-not-whole = ⚠️ The history of your accounts was changed by somebody else than me.
audit-proved = { $count ->
    [one] 1 entry, written { $first }, is as it was written.
   *[other] { $count } entries, from { $first } to { $last }, are as they were written.
 }
audit-missing = ⚠️ Entry { $entry } is missing. What comes after it proves nothing.
audit-altered = ⚠️ Entry { $entry } is not what was written. What comes after it proves nothing.
audit-unreadable = ⚠️ It holds an entry that I cannot have written, so nothing of it is proved.
audit-cut = ⚠️ Its end does not fit: { $expected } entries were written, and { $found } are there.
audit-meaning = Each entry carries a code over itself and the one before, made with a key that only this Keyporter has. So nothing was changed, put in or taken out.
audit-tell-operator = Please tell the operator of this Keyporter. What is listed as it was written can be relied on.
audit-broken = ⚠️ The stored history of { $account } was changed by somebody else than me. Please tell the operator.
audit-line = { $time } · { $action } · { $subject } · { $account }
audit-linked = linked
audit-relinked = credential replaced
audit-renamed = renamed
audit-unlinked = unlinked
audit-credential-refused = credential refused
audit-credential-accepted = credential accepted again
audit-issue-started = new key confirmed
audit-rotate-started = rotation confirmed
audit-revoke-started = revocation confirmed
audit-key-created = key created
audit-outcome-lost = answer lost
audit-key-shown = key shown
audit-key-saved = key saved
audit-key-lost = key lost
audit-orphan-revoked = revocation of a key with a lost answer chosen
audit-orphan-kept = key with a lost answer kept
audit-revoke-accepted = revocation accepted
audit-revoke-stopped = revocation given up
audit-ended = ended
audit-ended-so = { $action }: { $outcome }
audit-outcome-done = done
audit-outcome-nothing-done = nothing done
audit-outcome-undone = the new key revoked again
audit-outcome-orphan-kept = key with a lost answer kept
audit-outcome-credential-lost = new key lost with the answer
audit-outcome-relinked = linked with another key meanwhile
audit-outcome-not-saved = not saved
audit-outcome-unproven = new key not proven
audit-outcome-replaced = replaced since
audit-outcome-withdrawn = withdrawn
audit-outcome-stopped = given up by its owner
audit-outcome-deleted = message deleted
audit-outcome-not-deleted = message not deleted
audit-key-recorded = new key recorded
audit-old-key-ended = old key ended before its time
audit-old-key-kept = old key kept longer
audit-age-set = age of keys set (days)
audit-age-removed = own age of a key removed
audit-key-leaked = key leaked in a chat
audit-bound = bound to a group
audit-unbound = taken from a group
audit-fell-asleep = sleeps in a group
audit-role-granted = role granted
audit-role-taken = role taken away
audit-policy-changed = rule of a group changed
audit-approved = approved
audit-rejected = rejected
audit-taken-back = taken back
audit-approval-dropped = approval counts no more
audit-by = by { $person }

## Pause
pause-question-pause = Issuing is allowed. Pause it for everyone? Revoking goes on.
pause-question-resume = Issuing is paused. Allow it again?
pause-paused = ⏸ Issuing is paused for everyone. Revoking goes on.
pause-resumed = ▶️ Issuing is allowed again.

## Small answers
checking = 🔍 Checking…
cancelled = Cancelled.
cancelled-by-command = I stopped what we were doing before.
nothing-to-cancel = There is nothing to cancel.
question-over = This question is over; nothing was changed.
dialogue-expired = That question is more than 15 minutes old, so I ended it. Nothing was changed; send the command again.
use-the-buttons = Please press one of the buttons above, or send /cancel.
use-the-buttons-secret = That looked like a key or a token, so I deleted it from our chat and kept nothing of it. Please press one of the buttons above first, or send /cancel.
text-only = Please send it as plain text, not as a file or a picture.
text-only-secret = Please send it as plain text, not as a file or a picture. Such a message may hold a secret, so I don't leave it in the chat.
toast-not-yours = This button is not for you.
toast-not-allowed = You are not on this Keyporter's list, so nothing was done. Your Telegram id is { $id }; give it to whoever runs this bot.
toast-used = This was answered already.
toast-expired = This question is more than 5 minutes old. Nothing was changed; send the command again.
toast-unknown = This button means nothing to me (any more). Nothing was changed; send the command again.
toast-moved-on = This request has moved on; its message shows where it stands.
toast-shown-below = It stands in our private chat.
toast-stopped = I stopped trying.
toast-going-on = I go on trying.
toast-approved = { $count ->
    [one] Approved. One more is needed.
   *[other] Approved. { $count } more are needed.
 }
toast-approved-last = Approved. It goes on now.
toast-rejected = Rejected. You can say why with a button.
toast-explained = Thank you, I pass it on.
only-commands = I understand commands. /help shows them.
unasked-secret = That looked like a key or a token, so I deleted it from our chat and kept nothing of it. Where I need one I ask for it: send /link first.
name-looks-secret-still = That looks like a key or a token, so I did not take it. A name is shown to others: please send another one, or /cancel.
name-looks-secret = That looked like a key or a token, so I deleted it from our chat and kept nothing of it. A name is shown to others: please send another one, or /cancel.
secret-in-command = That command held what looks like a key or a token, so I deleted it and did nothing. A key is named by its label or its last four characters.
secret-deleted = I deleted your message, since it held a key.
unknown-command = I don't know that command. /help shows what I understand.
edited-command = I don't read edited messages, so nothing was done. Please send the command as a new message.
status-wrong-number = Send /status, or /status with a request's number, for example: /status 17
group-private-only = I work in a private chat, so that nobody else sees your keys.
group-welcome = 👋 I look after API keys. An administrator who has linked an account in our private chat sends /bind here; then this group can list, create, rotate and revoke its keys. A new key is shown in the private chat of whoever asked for it, never here.
group-help = What you can send me in this group:
group-only = That is for a group: add me to one, and send it there.
group-anonymous = You write as the group, so I cannot see who you are. Press the button: I then go on with { $command } as you.
group-speak-as-yourself = A channel or another chat cannot ask me for anything. Write as yourself, and nothing else is needed.
group-not-allowed = You are not on this Keyporter's list, so nothing was done. Open our private chat: it shows the id to give to whoever runs this bot.
group-newkey-how = Send the label with the command, for example: /newkey staging bot
group-rotate-guided = { $account } has a key that only its dashboard replaces. Its owner does that with /rotate in our private chat.
bind-question = Which account shall this group work with?
bind-gain = What others gain: every administrator of this group becomes a manager, who can see, create, rotate and revoke the keys of that account and grant roles with /grant. Other members gain nothing until a role is granted. Nobody sees a secret here. You are told when somebody acts for the first time, and /unbind takes the account back.
bind-done = ✅ Bound: { $account }. Administrators of this group are its managers; /grant gives others a role, /roles shows them, /policy says who has to approve what, /unbind takes the account back.
unbind-question = Which account shall I take from this group? Nobody can work with it here then; what was begun goes on.
unbind-done = Unbound: { $account }. This group does not work with it any more.
grant-how = Answer a message of the person with /grant viewer, /grant issuer, /grant revoker or /grant manager. A viewer sees keys, an issuer creates them, a revoker revokes them; rotating takes both; a manager does all of it and grants roles.
grant-who = Who gets the role { $role } here? I cannot look up names, so whoever is meant presses the button; then { $name } decides.
grant-question = { $person } says: this is me. { $name }, grant { $person } the role { $role }?
grant-done = ✅ { $person } now has the role { $role } here.
grant-not-on-list = ⚠️ { $person } is not on this Keyporter's list and can do nothing until its operator changes that.
ungrant-how = Answer a message of the person with /ungrant, or send /ungrant with an id from /roles. /ungrant issuer takes only that role.
ungrant-done = Roles taken from { $person } here: { $roles }.
ungrant-none = { $person } was granted no such role here. Administrators are managers as long as Telegram says that they are administrators.
roles-heading = Administrators of this group are managers. Granted besides:
roles-none = Administrators of this group are managers. Nobody else was granted a role; /grant does it.
role-line = { $person } ({ $id }): { $role }
role-gone = { $person } ({ $id }): { $role }, not in the group now, so it counts for nothing
policy-heading = Approvals by other people of this group:
policy-issue = New keys: { $count ->
    [0] nobody is asked
    [one] one other person approves
   *[other] { $count } other people approve
 }
policy-rotate = Rotations: { $count ->
    [0] nobody is asked
    [one] one other person approves
   *[other] { $count } other people approve
 }
policy-revoke = Revocations: { $count ->
    [0] nobody is asked
    [one] one other person approves
   *[other] { $count } other people approve
 }
policy-waits = A request waits for { $time } at most.
policy-no-code = New keys and rotations: without a code of the second factor.
policy-code = New keys and rotations: whoever asks gives a code of their second factor before.
policy-choose = Choose what it shall say. Now it says:
policy-meaning = Whoever approves needs the right to do it themselves, and nobody approves their own request. What waits already keeps the rules it was asked under. An owner in the private chat, and /panic there, need nobody's approval.
way-in-taken = ✅ I go on: request { $number }. The new key will appear in this chat.
way-in-over = That way is used, over after 15 minutes, or for somebody else. Nothing was done by it; send the command in the group again.
news-first-action = 👤 { $person } works with { $account } from the group { $group } for the first time. If that should not be: /unbind there.
news-asleep-bot = 💤 I am not in the group { $group } any more, so nobody can work with { $account } there. When I am back, /bind wakes it.
news-asleep-owner = 💤 You are not in the group { $group } any more, so nobody can work with { $account } there. When you are back, /bind wakes it.
news-policy-changed = 📋 { $person } has changed a rule of the group { $group }, which works with an account of yours. It says now: { $rule }
set-aside = ⚠️ I could not handle your last message, even after three tries. It is put aside and the operator can see it ({ $id }). Nothing was changed by it. Send it again; if that fails too, ask the operator.
alert-set-aside = 🛠 For you as an operator: an update ({ $id }) could not be handled even after three tries. It is put aside, nothing was changed by it, and its person was told. The log has the cause under that number.
alert-inbox-stuck = 🛠 For you as an operator: { $count ->
    [one] 1 message waits
   *[other] { $count } messages wait
 } to be handled, the oldest since { $minutes } min. Look at the log and at the database; `keyporter check` names what it finds.
alert-revokes-open = 🛠 For you as an operator: a revocation is open for more than a day. { $count ->
    [one] 1 key is
   *[other] { $count } keys are
 } to die and may still live. I go on trying and remind whoever asked; `keyporter check` names the requests.
alert-credential = 🛠 For you as an operator: the stored credential of the account { $account } does not open. Its owner is asked to link it again. Look whether the master key or the database was changed: `keyporter check` tells.
storage-away = ⚠️ I cannot write anything down right now, so I do nothing. I handle your message as soon as I can.

## What went wrong
error-no-accounts = No account is linked yet.
error-no-such-account = You have no such account (any more). /accounts shows what there is.
error-too-many-accounts = You have 20 accounts, and more are not possible, so this one was not stored. /unlink one, or leave one with /secondowner, then /link it again.
error-label-empty = A name or label needs at least one character. Send me another one.
error-label-too-long = A name or label has at most 64 characters. Send me a shorter one.
error-label-invisible = A name or label is one line without invisible or direction-changing characters. Send me another one.
error-bad-project = That is no project ID: one has at most 36 letters, digits, - and _. Your message may hold a secret, so I don't leave it in the chat. Send me the project ID, or /cancel.
error-bad-credential = That cannot be a credential of { $provider }: it is one word without spaces, at most 4096 characters. Nothing was stored. Send it again, or /cancel.
error-bad-credential-botanalytics = That is no channel key of Botanalytics: it has parts divided by dots and names its channel. Nothing was stored. Send it again, or /cancel.
error-credential-refused = ❌ { $provider } refused this credential. Nothing was stored. Check it and send it again, or /cancel.
error-too-many-refusals = Too many refused credentials. Nothing was tried. Come back in { $wait }.
error-link-again = { $provider } refuses the stored credential of { $name }: it was changed or revoked there. Link it again to go on.
error-credential-unreadable = The stored credential of { $name } is damaged: I cannot open it. Link it again to go on.
error-project-unknown = { $provider } does not know this account or its project (any more). Nothing was changed. Look at its dashboard; if the project is gone for good, /unlink the account.
error-provider-refused = { $provider } refused the request. Nothing was changed. Try again in a few minutes; if it stays so, look at its dashboard.
error-provider-refused-words = { $provider } refused the request. Nothing was changed. When what it names is mended, try again. It says: { $words }
error-provider-away = { $provider } cannot be reached right now. Nothing was changed. Try again in a few minutes.
error-provider-busy = { $provider } asks to wait { $wait }. Nothing was changed. Try again after that.
error-paused = ⏸ The operator has paused the issuing of keys. Nothing was changed. Revoking works; for a new key try again later, or ask the operator. Operators end it with /pause in our private chat.
error-operators-only = Only the operator of this Keyporter may do that. Nothing was changed; /help shows what you can do.
error-no-such-request = You have no request of that number. /status shows the open ones.
error-at-provider = Request { $number } of this account is at the provider at this very moment. Nothing was changed; try again in a few seconds.
error-key-busy = Request { $number } is about this key already and is still open. Nothing was changed; ask again when it is over.
error-key-revoked = The key that this question is about is revoked already. Nothing was changed; /newkey creates another one.
error-key-replaced = The key that this question is about has been replaced since. Nothing was changed; send /rotate again.
error-nothing-bound = No account is bound to this group. An administrator who has linked one in our private chat sends /bind here.
error-administrators-only = Only an administrator of this group may bind an account to it. Nothing was changed; ask one of them.
error-nothing-to-bind = You have no linked account. Link one in our private chat with /link, then send /bind here again.
error-all-bound = All your accounts are bound to this group already. /unbind takes one back.
error-nothing-to-unbind = No account of yours is bound to this group, so there is nothing to take back.
error-not-in-group = You are not in that group (any more), so nothing was done.
error-no-right-view = You may not see keys here. Nothing was done; a manager can answer you with /grant viewer.
error-no-right-issue = You may not create keys here. Nothing was done; a manager can answer you with /grant issuer.
error-no-right-revoke = You may not revoke keys here. Nothing was done; a manager can answer you with /grant revoker.
error-no-right-rotate = You may not rotate keys here: it takes the roles issuer and revoker. Nothing was done; a manager can /grant them.
error-no-right-manage = Only a manager of this group may do that. Nothing was changed; administrators are managers.
error-group-away = I cannot ask Telegram who you are here right now, so nothing was done. Try again in a minute.
error-group-not-shown = Telegram does not tell me who is in this group, so nothing was done. Make me an administrator; no single right is needed.
error-owner-left = The owner of an account has left this group, so it is not worked with here any more. Nothing else was done.
error-grant-self = Nobody grants a role to oneself. Nothing was changed; another manager can do it.
error-grant-bot = Bots, channels and hidden people get no role. Nothing was changed; answer a message that a person has sent as themselves.
error-grant-gone = That person is not in this group, so nothing was granted.
error-too-many-grants = This group has granted 50 roles, and more are not possible. Nothing was changed; /roles and /ungrant make room.
error-approve-own = That is your own request: somebody else has to decide. Nothing was changed; you can withdraw it.
error-approved-already = You have approved it already; others are needed.
error-too-many-waiting = 50 requests of this group wait for approval, and more are not possible. Nothing was done; let them be decided or withdrawn first.
error-fault = ⚠️ Something broke on my side. Nothing was changed. Try again; if it happens again, tell the operator this id: { $id }
wait-seconds = { $count ->
    [one] 1 second
   *[other] { $count } seconds
 }
wait-minutes = { $count ->
    [one] 1 minute
   *[other] { $count } minutes
 }
wait-hours = { $count ->
    [one] 1 hour
   *[other] { $count } hours
 }
wait-days = { $count ->
    [one] 1 day
   *[other] { $count } days
 }

# The second factor
command-secondfactor = a code of an app before what weighs most
button-factor-set-up = Set it up
button-factor-prove = Give a code for a group
button-factor-drop = Switch it off
button-new-codes = Make recovery codes
button-i-saved-them = ✅ I saved them
factor-off-now = No second factor is set up. With one I ask for a code of your authenticator app before I revoke all keys, unlink or hand over an account, so that whoever holds your phone unlocked cannot do it.
factor-on-now = The second factor is on. How long ago it was set up: { $age }. { $count ->
        [0] No recovery code is left: make new ones.
        [one] { $count } recovery code is left.
       *[other] { $count } recovery codes are left.
    }
factor-set-up = A picture comes in a moment. Scan it with your authenticator app, or type the secret below it there. Then send me the six digits that the app shows; until then nothing changes. The picture goes after ten minutes.
factor-picture = 🔐 Scan this with your authenticator app, or type this secret there. It goes with the first right code, or after ten minutes.
factor-ask = 🔐 For “{ $deed }”: Now send me a code of your authenticator app, or one of your recovery codes. I delete your message. Nothing happens before.
factor-is-on = The second factor is on. Your recovery codes come in a moment: keep them where your phone is not.
factor-is-off = The second factor is off. Its secret and its recovery codes are wiped; delete the entry in your app.
factor-proved = Right. For five minutes you can press one button in a group for which a code is needed. This code counts for that one alone.
factor-new-codes = New recovery codes come in a moment. The old ones do not count any more then.
codes-factor = 🔐 Your recovery codes for the second factor. Each counts once, in place of a code of your app. Codes that were shown before do not count any more.
codes-account = 🔐 Your recovery codes for a lost Telegram account. Send one to me with /recover from your new account: after 72 hours your linked accounts move there. Whoever has one can try that, so keep them safe. Codes that were shown before do not count any more.
codes-hint = Write them down or save them outside of this phone. They are shown this once and go after ten minutes.
toast-codes-saved = The codes go from this chat now.

# Recovery and moves
command-transfer = give accounts to another person
command-recover = take over the accounts of a lost Telegram account
link-recover-hint = In case you lose this Telegram account: /recover makes recovery codes.
recover-question = Send me a recovery code of the Telegram account that you have lost. I delete your message. What is linked there moves here after 72 hours, unless somebody stops it there.
recover-no-codes = For this account here you have no recovery codes yet.
recover-codes-left = { $count ->
        [one] For this account here you have { $count } recovery code.
       *[other] For this account here you have { $count } recovery codes.
    } New ones replace them.
recover-new-codes = Recovery codes for this account come in a moment. The old ones do not count any more then.
recover-begun = The code is right, and is used up. In { $time } this moves to you: { $accounts }. The old Telegram account is told now and can stop it. There is nothing to do for you; I write to you.
transfer-which = Which account do you want to give to somebody else?
button-all-accounts = All of them
button-make-link = Make a link
button-accept = Accept
button-stop-move = Stop it
button-rotate-this = Rotate { $key }
transfer-question = Give { $accounts } to somebody else? I make a link that works once, for 24 hours. Whoever opens it and accepts is the owner 24 hours later; until then you can stop it. Your requests that are still open then are withdrawn, and no group works with what you gave any more.
transfer-offered = Send this link to whoever is to have { $accounts }, and to nobody else. It works once, for { $time }:
    { $link }
transfer-offer = { $person } wants to give you this: { $accounts }. If you accept, it is yours in 24 hours, unless it is stopped. Then you alone can use it, and you see its history.
transfer-accepted = Accepted. In { $time } this is yours, unless its owner stops it: { $accounts }. I write to you then.
transfer-waiting = On its way to { $person }, who gets it in { $time }: { $accounts }.
transfer-open = Offered by a link for another { $time }, and not accepted yet: { $accounts }.
move-stopped = Stopped. Everything stays with you.
recovery-stopped = Stopped. Everything stays with you. Your recovery codes do not count any more, since somebody else has one: /recover makes new ones.
news-transfer-began = ⚠️ { $person } has accepted your offer: { $accounts }. The move comes in { $time }. If that is not whom you meant, stop it.
news-recovery-began = ⚠️ { $person } has sent a recovery code of yours. In { $time } this moves there: { $accounts }. If this is not you, stop it now.
news-move-stopped = It was stopped by its owner and does not move to you: { $accounts }. Nothing has changed.
news-move-left = It is done. This belongs to { $person } now: { $accounts }. You cannot use it here any more. Keys that you have saved work on until they are rotated or revoked.
news-move-arrived = It is yours now: { $accounts }. Its owner before has seen these keys and may have kept them. Rotate what must not stay in those hands.
news-stayed-not-allowed = Nothing has moved, since whoever was to get it may not use me. This stays where it is: { $accounts }. Begin anew when that is mended.
news-stayed-no-room = Nothing has moved, since whoever was to get it would have more than 20 accounts. This stays where it is: { $accounts }. Begin anew when some are unlinked.
news-stayed-nothing-left = Nothing has moved: what was to move was unlinked or went elsewhere meanwhile.
audit-move-offered = offered to another person
audit-move-accepted = offer accepted
audit-recovery-begun = recovery code brought
audit-move-stopped = stays with its owner
audit-moved = moved to another owner

# A second owner
command-secondowner = share an account with a second owner
second-owner-heading = A second owner can do with an account whatever its owner can, but neither give it away nor unlink it. If you ever lose your Telegram account, they go on.
second-owner-nobody = { $name }: yours alone.
second-owner-is = { $name }: the second owner is { $person }.
second-owner-you = { $name }: you are the second owner. It belongs to { $person }.
button-share = Add second owner: { $name }
button-share-end = Remove second owner: { $name }
button-share-leave = Leave { $name }
button-take-over = Take over { $name }
button-share-end-yes = Remove second owner
button-share-leave-yes = Leave
button-take-over-yes = Take over
share-question = Share { $name } with a second owner? I make a link that works once, for 24 hours. Whoever opens it and accepts is the second owner 24 hours later; until then you can stop it, and afterwards remove them. They can list, create, rotate and revoke all keys of it, link it again and see its history.
share-end-question = Remove the second owner of { $name }, { $person }? They cannot use it here any more, at once. Their open requests there end, except revocations, and no group works with it any more until you /bind it again. Keys that they have saved work on until you rotate or revoke them.
share-leave-question = Leave { $name }? Then only { $person } can use it. Your open requests there end, except revocations, and no group works with it any more until it is bound again.
take-over-question = Take over { $name }? It is meant for when { $person }, who owns it, has lost their Telegram account or is gone. They are told now and can stop it for 72 hours. After that it is yours alone, and no group works with it any more until you /bind it again.
share-offered = Send this link to whoever is to be the second owner of { $accounts }, and to nobody else. It works once, for { $time }:
    { $link }
share-offer = { $person } wants to share { $accounts } with you. If you accept, you are its second owner in 24 hours, unless it is stopped: you can list, create, rotate and revoke its keys and see its history.
share-accepted = Accepted. In { $time } you are the second owner of { $accounts }, unless its owner stops it. I write to you then.
share-waiting = On its way: { $person } is the second owner of { $accounts } in { $time }.
share-open = A second owner is offered by a link for another { $time }, and nobody has accepted yet: { $accounts }.
share-ended = Done: { $name } is yours alone again, and no group works with it until you /bind it again. Rotate the keys that should not stay in those hands; if they have linked it anew, link it again with a credential that only you know.
share-left = Done: you have left { $name }.
take-over-begun = It has begun: { $name } is yours in { $time }, unless its owner stops it. I write to you then.
news-share-began = ⚠️ { $person } has accepted to be the second owner of { $accounts }. It begins in { $time }. If that is not whom you meant, stop it.
news-take-over-began = ⚠️ { $person }, the second owner, is taking over { $accounts }. In { $time } it is theirs alone. If that is not what you want, stop it now.
news-began-elsewhere = ⚠️ In { $time } { $person } becomes the owner where you are the second owner: { $accounts }. The present owner can stop that, you cannot. If something is wrong, ask them, or /panic.
news-share-stopped = It was stopped by its owner: you do not become the second owner of { $accounts }. Nothing has changed.
news-share-done = It is done: { $person } is the second owner of { $accounts } now. /secondowner shows that, and ends it.
news-share-arrived = You are the second owner of { $accounts } now. /secondowner says what that means, and lets you leave.
news-stayed-elsewhere = The owner stays the same after all where you are the second owner: { $accounts }. Nothing has changed.
news-second-owner-gone = You are not the second owner of { $accounts } any more, and I do nothing there for you. Your open requests there have ended, except revocations.
news-second-owner-left = { $person } is not the second owner of { $accounts } any more, by their own wish. No group works with it until you /bind it again. Keys that they have saved work on until you rotate or revoke them.
account-second-owner = You are its second owner.
audit-second-owner-added = second owner added
audit-second-owner-gone = second owner removed
audit-take-over-begun = its second owner takes it over

# What went wrong with codes and moves
error-wrong-code = That is no code that counts now. Nothing was done. Send the one that your app shows at this moment, or a recovery code. If the app's codes never count, the clock of your phone is wrong.
error-code-used = That code was used before, and each counts once. Nothing was done. Wait until your app shows the next one, and send that.
error-too-many-wrong-codes = Too many wrong codes. Nothing was done, and no code counts for now. Try again in { $wait }.
error-wrong-first-code = That code does not fit the picture. The second factor is still off. Send what your app shows for it at this moment; if that is never right, the clock of your phone is wrong.
error-factor-not-shown = The picture does not stand here yet, or any more, so this code could not count. The second factor is off. Wait for the picture, or begin anew with /secondfactor.
error-factor-on = The second factor is on already. Nothing was changed. /secondfactor shows what you can do with it.
error-factor-off = There is no second factor any more. Nothing was done. Begin anew with what you wanted to do.
error-factor-first = This needs a code of your second factor, which must not be typed in a group. Send me /secondfactor in our private chat, press “Give a code for a group”, then press here again.
error-factor-needed = This group asks for a code of your second factor, and you have none. Set it up with /secondfactor in our private chat, press “Give a code for a group” there, then press here again.
error-wrong-recovery-code = That is no recovery code that counts. Nothing was done. Compare it with what you wrote down and send it again.
error-already-moving = One of these accounts is on its way to somebody already. Nothing was changed. Its owner can stop that with /transfer.
error-offer-over = This link does not work any more: it was used or taken back, or its time is over. Nothing was changed. Ask for a new one.
error-own-offer = This link is for somebody else: the accounts are yours already. Send it to whoever is to have them.
error-no-room = You would have more than 20 accounts then. Nothing was changed. /unlink some, or leave some with /secondowner, then try again.
error-nothing-to-stop = There is nothing to stop any more: it is done, or was stopped before.
error-first-owner-only = Only the owner can do that, and you are the second owner. Nothing was changed. /secondowner shows what you can do.
error-yours-already = It is yours already: there is nothing to take over. Nothing was changed.
error-has-second-owner = It has a second owner already, and can have no third. Nothing was changed. /secondowner lets you remove them first.
error-no-second-owner = It has no second owner any more. Nothing was changed.

# The pages (Mini App)
audit-key-offered = page with the new key offered
audit-key-opened = new key opened on the page
audit-shown-on-set = place of new keys chosen
link-form = “Link account” opens a form that only I read: what you type there never stands in this chat. Or choose here and send it to me as a message.
link-leaves = What you send here passes through this chat: I delete it, but it may stay in notifications and on your other devices. The form leaves nothing behind.
secret-on-page = Your new key is ready. It is shown once, on a page that only you can open, and never in this chat.
button-show-key = Show key
button-show-on-page = Show new keys on a page
button-show-in-chat = Show new keys in the chat
shown-on-page = From now on new keys of { $name } are shown on a page, and never stand in a chat.
shown-in-chat = From now on new keys of { $name } are shown in the private chat, for ten minutes. They may stay in notifications and on other devices.
page-opened = It was opened on a page at { $time } already, and is shown there once. If that was not you, press “I lost it” in the chat, which revokes it, or /rotate the key again where there is no such button. Otherwise “Show again” there shows it once more.
page-launch-used = This page was opened before and cannot be used again. Close it and open it anew from the chat.
page-no-session = The time of this page is over. Nothing was done. Close it and open it anew from the chat.
page-not-allowed = You are not on the list of this bot’s operator. Nothing was done. /start in the chat shows the id to give them.
page-no-key = There is no key to be shown here any more. The chat shows how it stands.
too-fast = That was too fast: I take only so many commands a minute from one person, and left some of yours undone. Wait a moment, then send again what you still need.
page-not-opened = Nobody has opened the new key yet, so it cannot be saved. Nothing was changed. Press “Show key” first.
page-bad-project = That is no project ID: one has at most 36 letters, digits, - and _. Nothing was stored. Check it and try again.
page-bad-credential = That cannot be a credential of { $provider }: it is one word without spaces, at most 4096 characters. Nothing was stored. Check it and try again.
page-bad-credential-botanalytics = That is no channel key of Botanalytics: it has parts divided by dots and names its channel. Nothing was stored. Check it and try again.
page-credential-refused = { $provider } refused this credential. Nothing was stored. Check it and try again.
page-project-unknown = { $provider } knows no such project, or this token does not belong to it. Nothing was stored. Check both and try again.
page-who = You are { $name } here (id { $id }).
page-forged = Telegram does not vouch for this page, or it was opened too long ago. Nothing was done. Close it and open it anew from the chat.
page-too-fast = Too many requests. Nothing was done. Try again in a minute.
page-broken = Something broke on my side. Look into the chat how it stands, then try again.
page-title-link = Link an account
page-title-key = Your new key
page-provider = Where is the account?
page-account = Account
page-key-label = Key
page-project = Project ID
page-token = API token
page-api-key = API key
page-hint-botsubscription = In the dashboard: the project’s settings, “API”. I try the token with a harmless call.
page-hint-bots-business = In the app: Profile → BB API Key. I try the key with a harmless call.
page-hint-botanalytics = In the dashboard: the channel’s settings. I look whether the key is accepted.
page-show-credential = Show
page-hide-credential = Hide
page-submit = Link account
page-checking = Trying it with a harmless call…
page-close = Close
page-try-again = Try again
page-fill-in = Fill this in, please.
page-no-answer = No answer came. Nobody knows whether it was done: look into the chat before you try again.
page-show = Show the key
page-copy = Copy
page-copied = Copied.
page-copy-by-hand = I cannot copy here. The key is selected: copy it by hand.
page-hide = Hide
page-hidden = Hidden. The chat can show it once more.
page-hides-in = Hidden in %s s
page-saved = I saved it
page-saving = One moment…
page-only-once = It is shown once. Have the place ready where you will keep it.
page-leaves-nothing = Nothing of this page stays in the chat or on this device.
page-linked = Linked
page-linked-text = { $name } is linked. Go on in the chat.
page-asked = One question
page-asked-text = { $name } is linked already. I have asked in the chat what to do with the new credential.
page-key-ready = Your new key is ready.
page-saved-title = Saved
page-saved-text = Good. The chat shows how it goes on.

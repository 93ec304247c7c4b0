# То, что читают люди. Значения вроде { $name } вставляются после Fluent: они никогда не изменяются и не экранируются.

## Buttons
button-link-account = 🔗 Привязать аккаунт
button-my-keys = 🔑 Мои ключи
button-help = ❓ Помощь
button-cancel = Отмена
button-rename = ✏️ Переименовать
button-keys = 🔑 Ключи
button-unlink = Отвязать
button-new-key = ➕ Новый ключ
button-create-key = Создать ключ
button-revoke-key = Отозвать ключ
button-rotate-key = 🔄 Заменить ключ
button-i-saved-it = ✅ Ключ сохранён
button-i-lost-it = Ключ потерян
button-show-again = 👁 Показать ещё раз
button-copy = 📋 Скопировать
button-copy-id = 📋 Скопировать мой id
button-link-again = 🔗 Привязать заново
button-replace = Заменить
button-link-another = Привязать как другой аккаунт
button-i-have-the-new-key = Новый ключ у меня
button-revoke-and-create-again = Отозвать { $key } и создать заново
button-keep-it = Оставить
button-previous = ◀️
button-next = ▶️
button-older = Раньше
button-all-keys-of = Все ключи: { $name }
button-as-telegram = Как в Telegram
button-pause = Приостановить выдачу
button-resume = Возобновить выдачу
button-open-private-chat = Открыть личный чат

## Commands, as Telegram's menu shows them
command-start = что я умею
command-link = привязать аккаунт
command-accounts = привязанные аккаунты
command-keys = ваши ключи
command-newkey = создать ключ: /newkey название
command-rotate = заменить ключ: /rotate название
command-revoke = отозвать ключ: /revoke название
command-status = открытые запросы
command-audit = что происходило с аккаунтами
command-unlink = забыть аккаунт
command-language = выбрать язык
command-cancel = прервать начатое
command-help = помощь
command-pause = приостановить или возобновить выдачу (операторы)

## Start, help, language
start-greeting =
    👋 Здравствуйте{ $known ->
        [yes] , { $name }
       *[no] { "" }
    }! Я слежу за API-ключами ваших ботов.

    Привяжите аккаунт один раз — и дальше создавайте, просматривайте, заменяйте и отзывайте его ключи прямо здесь. Новый ключ увидите только вы.
start-not-allowed =
    🔒 Этот Keyporter закрытый, и вас пока нет в его списке.

    Ваш id в Telegram: { $id }. Передайте его тому, кто держит этого бота.
help-heading = Что можно мне прислать:
help-secrets = Присланный ключ или токен сразу удаляется из чата и хранится зашифрованным. Новый ключ показывается под спойлером, исчезает через десять минут и не хранится после нажатия «Ключ сохранён».
language-question = На каком языке мне говорить?
language-chosen = Теперь я говорю по-русски.
language-as-telegram = Теперь я говорю на языке вашего Telegram.

## Linking
link-question = Где находится аккаунт, который вы хотите привязать?
link-project = { $provider }: пришлите ID проекта. Он выглядит так: { $example }.
link-token = Теперь пришлите API-токен проекта { $project }. Я удалю ваше сообщение сразу, как только оно придёт, и проверю токен безобидным запросом.
link-key-bots-business =
    Bots.Business: пришлите API-ключ вашего аккаунта. Я удалю ваше сообщение сразу, как только оно придёт, и проверю ключ безобидным запросом.

    Ключ находится в приложении Bots.Business: Profile → BB API Key.
link-key-botanalytics =
    Botanalytics: пришлите API-ключ канала. Я удалю ваше сообщение сразу, как только оно придёт, и посмотрю, принимается ли ключ.

    Ключ находится в панели: Project settings → Channels → ваш канал.
link-done = ✅ Привязано: { $name }
link-done-hint = Ключи — по кнопке «Мои ключи»; новый создаёт /newkey.
link-done-one-key = Заменить ключ можно командой /rotate.
link-telegram-matches = Этот аккаунт Telegram привязан к нему и в самом Bots.Business.
link-replaced = ✅ Привязано заново: { $name } теперь работает с новым ключом (…{ $last_four }).
link-replace-question = Ключ работает, и этот аккаунт уже привязан как { $name }. Заменить сохранённый ключ (…{ $old }) на новый (…{ $new })?
link-replace-question-another = Ключ работает для такого же канала, как { $name }. Заменить сохранённый там ключ (…{ $old }) на новый (…{ $new }) или привязать его как другой аккаунт?
link-not-deleted = ⚠️ Мне не удалось удалить ваше сообщение. Пожалуйста, удалите его сами: в нём секрет.
link-project-unknown = { $provider } не знает такого проекта, или этот токен не от него. Ничего не сохранено. Пришлите ID проекта ещё раз или /cancel.
link-edited = Я не читаю исправленные сообщения. На случай, если там был секрет, я его удалил; пришлите его новым сообщением.

## Accounts
accounts-heading = Ваши аккаунты:
accounts-none = Пока ни один аккаунт не привязан.
account-line = { $name } · { $provider }
account-number = { $number }.
account-state-linked = работает с ключом …{ $last_four }
account-state-linked-no-four = работает
account-state-refused = ⚠️ его ключ не принят; привяжите заново
account-state-lost = ⚠️ его ключ был заменён и потерян; привяжите заново
rename-question = Как назвать { $name }? Пришлите новое название.
rename-done = ✅ Переименовано: { $name }
choose-account-new-key = В каком аккаунте создать ключ { $label }?
choose-account-unlink = Какой аккаунт забыть?
unlink-question = Отвязать { $name }? Я сотру сохранённый ключ. Ключи в { $provider } продолжат работать, как и сам этот ключ, пока вы не отзовёте его там.
unlink-open = Эти запросы остановятся там, где они есть; что они уже создали или ещё не отозвали, останется как есть:
unlink-done = Отвязано: { $name }. Здесь ключ стёрт; в { $provider } он работает, пока вы не отзовёте его там.

## Keys
keys-none = Ключей пока нет. Создаёт их /newkey.
key-line = { $key } · { $age }
key-line-revoked = { $key } · отозван
key-own = · им пользуется Keyporter
keys-page = Страница { $page } из { $pages }
keys-more = { $count ->
    [one] и ещё { $count }
    [few] и ещё { $count }
   *[many] и ещё { $count }
 }
age-moments = только что
age-minutes = { $count ->
    [one] { $count } минута
    [few] { $count } минуты
   *[many] { $count } минут
 }
age-hours = { $count ->
    [one] { $count } час
    [few] { $count } часа
   *[many] { $count } часов
 }
age-days = { $count ->
    [one] { $count } день
    [few] { $count } дня
   *[many] { $count } дней
 }
age-unknown = возраст неизвестен
choose-key-revoke = Какой ключ отозвать?
choose-key-rotate = Какой ключ заменить?
choose-key-near = Ключа с точным названием { $wanted } нет. Может быть, один из этих?
choose-key-too-many = Их слишком много, чтобы показать все. Напишите название подробнее или последние четыре знака.
key-not-found = Нет действующего ключа с названием или последними четырьмя знаками { $wanted }. Список показывает /keys.
key-revoked-already = { $key } уже отозван.
keys-nothing-alive = Нет ни одного действующего ключа.

## A new key
new-key-label-question = Для чего этот ключ? Пришлите название, например: тестовый бот
new-key-question = Создать ключ { $label } в { $account }?
new-key-one-key = У { $account } ровно один ключ, поэтому создавать нечего. Его можно заменить новым.
new-key-one-key-each = У каждого из ваших аккаунтов ровно один ключ, поэтому создавать нечего. Заменить ключ можно командой /rotate.

## Revoking
revoke-question = Отозвать { $key } в { $account }? Всё, что им пользуется, сразу перестанет работать. Отменить это нельзя.
revoke-own = ⚠️ Похоже, этим ключом для этого аккаунта пользуюсь я сам. Без него я ничего не смогу там сделать, пока вы не привяжете аккаунт заново. Команда /rotate заменит его без перерыва.
revoke-one-key = Единственный ключ { $account } нельзя отозвать, только заменить. Старый перестанет работать в тот же миг.

## Rotating
rotate-question = Заменить { $key } в { $account }? Я создам новый ключ с тем же названием и покажу его вам. Старый перестанет работать только после того, как вы нажмёте «Ключ сохранён» и новый пройдёт проверку.
rotate-own = Похоже, этим ключом для этого аккаунта пользуюсь я сам; я перейду на новый.
rotate-question-one-key = Заменить ключ { $account } ({ $key })? ⚠️ Старый ключ перестанет работать сразу, в тот миг, когда появится новый. Всё, что им пользуется, будет стоять, пока не получит новый.
rotate-guided =
    Ключ { $account } можете заменить только вы сами, в панели Botanalytics:

    1. Нажмите на название активного проекта, затем Project settings. (Или: нажмите на логотип, затем ⋯ на плитке проекта, затем Settings.)
    2. Откройте вкладку Channels и нажмите на свой канал.
    3. Нажмите справа Regenerate и ещё раз Regenerate для подтверждения.

    С этой минуты считайте старый ключ недействительным. Возвращайтесь сюда с новым.
rotate-guided-send = Пришлите новый ключ { $account }. Я удалю ваше сообщение сразу, как только оно придёт.
rotate-guided-done = ✅ Записано: у { $account } теперь ключ …{ $last_four }.
rotate-guided-old-dead = Botanalytics больше не принимает старый ключ.
rotate-guided-old-lives = ⚠️ Botanalytics всё ещё принимает старый ключ. Если он должен быть недействителен, загляните в панель.
rotate-guided-old-unknown = Узнать, действует ли старый ключ, не удалось.
rotate-guided-same = Этот ключ у меня уже есть. Пришлите новый из панели.
rotate-guided-other-channel = Это ключ канала другого вида, не { $account }. Ничего не изменено. Пришлите нужный.

## Requests
request-number = Запрос { $number }
request-issue = Новый ключ { $label }
request-rotate = Замена ключа { $label }
request-revoke = Отзыв ключа { $key }
step-creating = ⏳ Создаю ключ…
step-replacing = ⏳ Заменяю ключ…
step-unknown = 🔍 Ответ { $provider } потерялся. Я пока не знаю, создан ли ключ; проверяю.
step-unknown-one-key = 🔍 Ответ { $provider } потерялся. Я пока не знаю, заменён ли ключ; проверяю.
step-orphan = ⚠️ Ответ { $provider } потерялся уже после создания ключа, так что его секрета никто не видел: { $keys }. Если его не создал только что ваш коллега, он никому не нужен.
step-deliver = ⏳ Ключ создан. Показываю его в нашем чате…
step-shown = 🔑 Новый ключ ниже. Сохраните его и нажмите там «Ключ сохранён».
step-shown-rotate = 🔑 Новый ключ ниже. Сохраните его и нажмите там «Ключ сохранён»; только после этого отзывается старый.
step-hidden = 🔒 Новый ключ убран из чата. Показать его можно ещё { $time }.
step-prove = ⏳ Сохранён. Проверяю новый ключ, прежде чем отозвать старый…
step-revoke = ⏳ Отзываю { $key }: запрошено, ещё не принято.
step-verify = ⏳ Отзываю { $key }: { $provider } принял запрос; проверяю, что ключ действительно отозван.
hindrance-provider-away = { $provider } сейчас недоступен.
hindrance-rate-limited = { $provider } просит подождать.
hindrance-credential-refused = { $provider } не принимает ключ аккаунта { $account }. Привяжите аккаунт заново, и я продолжу.
hindrance-credential-unreadable = Сохранённый ключ аккаунта { $account } повреждён: я не могу его открыть. Привяжите аккаунт заново, и я продолжу.
hindrance-chat-closed = Я не могу писать в наш чат.
hindrance-telegram-away = Telegram сейчас недоступен.
hindrance-still-alive = { $provider } принял запрос, но ключ всё ещё в списке действующих; прошу снова.
hindrance-revoke-refused = { $provider } отказывается отозвать ключ, и в его списке ключ ещё действует. Я спрошу снова; загляните пока в его панель.
hindrance-queued = Другой запрос по этому аккаунту ждёт потерянного ответа; этот будет следующим.
hindrance-paused = Оператор приостановил выпуск и замену ключей; я жду.
next-try = Следующая попытка через { $time }.
last-try = Попыток: { $count }.
end-created = ✅ Ключ { $key } создан и сохранён.
end-rotated = ✅ Заменён: новый ключ { $key }, старый ({ $old }) отозван.
end-rotated-one-key = ✅ Заменён: новый ключ { $account } — { $key }; старый больше не действует.
end-revoked = ✅ Отозван: { $key }
end-revoked-own = Этим ключом я пользовался для { $account }. Привяжите аккаунт заново, чтобы продолжить.
end-undone = Новый ключ { $key } отозван; воспользоваться им никто не сможет.
end-undone-rotate = Новый ключ { $key } отозван. Старый ({ $old }) продолжает работать.
end-orphan-kept = Ключ { $keys } остаётся действующим, и его секрета от меня никто не получил.
end-credential-lost = ⚠️ Bots.Business заменил ключ, но ответ потерялся, и нового у меня нет. Старый больше не действует. Новый ключ вы найдёте в приложении Bots.Business (Profile → BB API Key); привяжите { $account } с ним заново.
end-relinked = Ответ о замене потерялся, а вы с тех пор подключили { $account } с другим ключом. Им я и пользуюсь; ключ, который я должен был заменить, больше не используется. Открытых дел нет.
end-not-saved = ⚠️ За сутки никто не нажал «Ключ сохранён», и я стёр секрет. Новый ключ { $key } остаётся действующим; отзовите его, если у вас его нет.
end-not-saved-rotate = ⚠️ За сутки никто не нажал «Ключ сохранён», и я стёр секрет. Новый ключ { $key } остаётся действующим, как и старый ({ $old }); отзовите ненужный.
end-not-saved-one-key = За сутки никто не нажал «Ключ сохранён», и я стёр копию для вас. Новый ключ { $key } аккаунта { $account } действует; старый — нет.
end-unproven = ⚠️ Новый ключ { $key } не прошёл проверку, поэтому старый ({ $old }) я не тронул. Проверьте новый, затем отзовите ненужный.
end-unproven-one-key = ⚠️ Новый ключ { $key } аккаунта { $account } не прошёл проверку. Старый больше не действует. Загляните в приложение сервиса и привяжите аккаунт заново.
end-withdrawn = Остановлено: аккаунт отвязан. Что было сделано до этого, остаётся как есть.
end-nothing-created = ❌ Ничего не создано.
end-nothing-rotated = ❌ Ничего не изменено; старый ключ работает.
reason-credential-refused = { $provider } не принял ключ аккаунта { $account }. Привяжите его заново и попробуйте ещё раз.
reason-not-found = { $provider } не знает такого проекта (или больше не знает).
reason-invalid = { $provider } отклонил запрос.
reason-invalid-words = { $provider } отклонил запрос и сообщает: { $words }
reason-chat-closed = Я не могу написать вам в личный чат.
reason-provider-away = { $provider } был недоступен десять минут.
reason-too-late = Десять минут не удавалось начать, и я отказался от этого. Попросите ещё раз, если это всё ещё нужно.
reason-never-appeared = Ответ { $provider } потерялся, и через минуту такого ключа там не было.
reason-never-appeared-others = С тех пор там появились ключи: { $keys }. Если { $provider } изменил название, один из них может быть вашим.
reason-still-old = Ответ { $provider } потерялся, и через минуту старый ключ всё ещё работал.
status-none = У вас нет открытых запросов.
status-heading = Ваши открытые запросы:
status-unreadable = ⚠️ Запись о запросе { $number } повреждена, продолжить его я не могу. Сообщите, пожалуйста, оператору. Всё остальное работает.
status-started = Начат { $time }

## The secret's message
place-empty = 🔒 Здесь появится новый ключ.
place-emptied = 🔒
secret-heading = 🔑 { $label } · { $account }
secret-hint = Нажмите, чтобы увидеть. Сохраните его там, где его найдёт ваш бот, и нажмите «Ключ сохранён». Через десять минут он исчезнет.

## Audit
audit-heading = Что происходило, сначала новое:
audit-none = Пока ничего не происходило.
audit-broken = ⚠️ Сохранённую историю { $account } изменил кто-то другой, не я. Сообщите, пожалуйста, оператору.
audit-line = { $time } · { $action } · { $subject } · { $account }
audit-linked = привязан
audit-relinked = ключ аккаунта заменён
audit-renamed = переименован
audit-unlinked = отвязан
audit-credential-refused = ключ аккаунта не принят
audit-issue-started = новый ключ подтверждён
audit-rotate-started = замена подтверждена
audit-revoke-started = отзыв подтверждён
audit-key-created = ключ создан
audit-outcome-lost = ответ потерян
audit-key-shown = ключ показан
audit-key-saved = ключ сохранён
audit-key-lost = ключ потерян
audit-orphan-revoked = выбран отзыв ключа с потерянным ответом
audit-orphan-kept = ключ с потерянным ответом оставлен
audit-revoke-accepted = отзыв принят
audit-ended = завершено
audit-key-recorded = новый ключ записан

## Pause
pause-question-pause = Выдача ключей разрешена. Приостановить её для всех? Отзыв продолжит работать.
pause-question-resume = Выдача ключей приостановлена. Возобновить?
pause-paused = ⏸ Выдача ключей приостановлена для всех. Отзыв работает.
pause-resumed = ▶️ Выдача ключей снова разрешена.

## Small answers
checking = 🔍 Проверяю…
cancelled = Отменено.
cancelled-by-command = Прежнее действие я остановил.
nothing-to-cancel = Отменять нечего.
dialogue-expired = Прошло больше 15 минут, и я закрыл тот вопрос. Ничего не изменено; отправьте команду ещё раз.
use-the-buttons = Нажмите одну из кнопок выше или отправьте /cancel.
text-only = Пришлите это обычным текстом, не файлом и не картинкой.
text-only-secret = Пришлите это обычным текстом, не файлом и не картинкой. В таком сообщении может быть секрет, поэтому я не оставляю его в чате.
toast-not-yours = Эта кнопка не для вас.
toast-used = На этот вопрос уже ответили.
toast-expired = Прошло больше 5 минут. Ничего не изменено; отправьте команду ещё раз.
toast-unknown = Эта кнопка (больше) ничего не значит.
toast-moved-on = Запрос уже на другом шаге; его состояние видно в его сообщении.
toast-shown-below = Он в сообщении ниже.
only-commands = Я понимаю команды. Их показывает /help.
unknown-command = Такой команды я не знаю. Что я понимаю, показывает /help.
status-wrong-number = Отправьте /status или /status с номером запроса, например: /status 17
group-private-only = Я работаю в личном чате, чтобы ваших ключей не видел никто другой.
set-aside = ⚠️ Я не смог обработать ваше последнее сообщение даже с трёх попыток. Оно отложено, оператор его видит ({ $id }). Ничего не изменено.
alert-set-aside = 🛠 Вам как оператору: обновление ({ $id }) не удалось обработать даже с трёх попыток. Оно отложено, ничего не изменено, отправителю об этом сказано. Причина записана в журнале под этим номером.
storage-away = ⚠️ Я сейчас не могу ничего записать и поэтому ничего не делаю. Я обработаю ваше сообщение, как только смогу.

## What went wrong
error-no-accounts = Пока ни один аккаунт не привязан.
error-no-such-account = Такого аккаунта у вас нет (или больше нет). Список показывает /accounts.
error-too-many-accounts = У вас 20 аккаунтов, больше нельзя. Сначала отвяжите один: /unlink.
error-label-empty = В названии должен быть хотя бы один знак. Пришлите другое.
error-label-too-long = В названии может быть не больше 64 знаков. Пришлите покороче.
error-label-invisible = Название — одна строка без невидимых знаков и знаков смены направления. Пришлите другое.
error-bad-project = Это не ID проекта: в нём не больше 36 латинских букв, цифр, - и _. В вашем сообщении может быть секрет, поэтому я не оставляю его в чате. Пришлите ID проекта или /cancel.
error-bad-credential = Это не может быть ключом { $provider }: ключ — одно слово без пробелов, не длиннее 4096 знаков. Ничего не сохранено. Пришлите его ещё раз или /cancel.
error-bad-credential-botanalytics = Это не ключ канала Botanalytics: он состоит из частей через точку и называет свой канал. Ничего не сохранено. Пришлите его ещё раз или /cancel.
error-credential-refused = ❌ { $provider } не принял этот ключ. Ничего не сохранено. Проверьте его и пришлите ещё раз или /cancel.
error-too-many-refusals = Слишком много непринятых ключей. Ничего не проверялось. Возвращайтесь через { $wait }.
error-link-again = { $provider } не принимает сохранённый ключ { $name }: там его изменили или отозвали. Привяжите аккаунт заново, чтобы продолжить.
error-credential-unreadable = Сохранённый ключ { $name } повреждён: я не могу его открыть. Привяжите аккаунт заново, чтобы продолжить.
error-project-unknown = { $provider } не знает такого проекта. Ничего не изменено.
error-provider-refused = { $provider } отклонил запрос. Ничего не изменено.
error-provider-refused-words = { $provider } отклонил запрос и сообщает: { $words }. Ничего не изменено.
error-provider-away = { $provider } сейчас недоступен. Ничего не изменено. Попробуйте через несколько минут.
error-provider-busy = { $provider } просит подождать { $wait }. Ничего не изменено.
error-paused = ⏸ Оператор приостановил выдачу ключей. Ничего не изменено. Отзыв работает.
error-operators-only = Это может только оператор этого Keyporter.
error-no-such-request = Запроса с таким номером у вас нет.
error-at-provider = Запрос { $number } этого аккаунта прямо сейчас выполняется у провайдера. Ничего не изменено; попробуйте через несколько секунд.
error-fault = ⚠️ У меня что-то сломалось. Ничего не изменено. Если это повторится, сообщите оператору этот номер: { $id }
wait-seconds = { $count ->
    [one] { $count } секунду
    [few] { $count } секунды
   *[many] { $count } секунд
 }
wait-minutes = { $count ->
    [one] { $count } минуту
    [few] { $count } минуты
   *[many] { $count } минут
 }
wait-hours = { $count ->
    [one] { $count } час
    [few] { $count } часа
   *[many] { $count } часов
 }

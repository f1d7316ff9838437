# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The vocabulary of refusals: which words mean the same. Data alone; to add a word or a language, add it here.

A form that ends in ``*`` stands for every word that begins so. A concept is an ordinary word, so that
the phrases of ``refusals`` can be read.
"""

from __future__ import annotations

FORMS = {
    # -- who and what ---------------------------------------------------------------------------
    "client": "client clients clientip",
    "host": "host hosts hostname hostnames hostip rechner",
    "server": "server servers mta mtas serveur",
    "system": "system systems сервер",
    "service": "service services dienst сервис",
    "ip": "ip ips ipv",
    "address": "address addresses addr adresse adressen adresses indirizzo dirección адрес адреса",
    "network": "network networks netblock subnet asn location region country continent isp provider",
    "connection": (
        "connection connections connect connects connecting connected verbindung verbindungen connexion "
        "connexions соединен* conexion* connessioni"
    ),
    "session": "session sessions sessões",
    "rdns": "ptr rdns fcrdns reverse rdnsbl reversedns revdns pointer",
    "dns": "dns",
    "lookup": "lookup lookups resolution",
    "helo": "helo ehlo lhlo",
    "tls": (
        "tls starttls ssl smtps encrypt encrypted encryption encrypting verschlüssel* chiffré* chiffrement "
        "шифрован* cifrad*"
    ),
    "secure": "secure secured securely security sichere sicheren",
    "insecure": "insecure unencrypted cleartext plaintext unverschlüsselt*",
    "certificate": "certificate certificates cert certs",
    "basic login": "smtpclientauthentication",
    "login": (
        "auth authenticate authenticates authenticated authenticating authentication authentications "
        "authenticator authentification authentifizier* authentifizierung login logins logon log logged "
        "logging sasl smtpauth signin signon авториз* аутентиф* anmeld* anmeldung einlogg* autenticación "
        "autenticacion autenticazione autenticação"
    ),
    "unauthenticated": "unauthenticated nonauthenticated unauth",
    "credential": (
        "credential credentials password passwords passwd passwort kennwort passphrase pwd pass userpass "
        "secret пароль пароля contraseña senha passe identifiants"
    ),
    "oauth": "oauth bearer jwt xoauth*",
    "token": "token tokens",
    "username": "username usernames userid loginname benutzername имя",
    "account": "account accounts konto kontos compte comptes аккаунт* cuenta учетн* учётн*",
    "user": "user users benutzer utilisateur utilisateurs пользовател* usuario utente usuário nutzer customer",
    "person": "persona",
    "nullmx": "nullmx",
    "tenant": "tenant organization organisation",
    "mailbox": "mailbox mailboxes mailfolder inbox postfach postfaches boîte почтовый ящик ящика buzón buzon casella",
    "domain": "domain domains domaine domaines домен* dominio domänen subdomain",
    "sender": (
        "sender senders mailfrom originator absender* expéditeur expediteur emetteur émetteur отправител* "
        "remitente mittente remetente responsible"
    ),
    "from": "from",
    "envelope": "envelope",
    "identity": "identity identities signature",
    "recipient": (
        "recipient recipients rcpt rcpts receiver receivers addressee empfänger* empfaenger* destinataire "
        "destinataires получател* destinatario destinatários destination"
    ),
    "rcpthosts": "rcpthosts",
    "relay": "forwarding forwarder relay relaying relayed relays relais weiterleit*",
    "message": (
        "message messages mail mails email emails nachricht nachrichten letter letters письм* сообщен* "
        "courrier mensaje mensajes correo"
    ),
    "content": "content contents body",
    "spam": "spam* antispam uribl uribls surbl rspamd unsolicited junk uce bulk ube спам*",
    "virus": "virus viruses malware infected trojan phish phishing worm",
    "smtputf8": "smtputf utf ascii unicode",
    "header": "header headers",
    "attachment": "attachment attachments executable extension anhang",
    "mime": "mime",
    "policy": "policy policies rule rules richtlinie* politique",
    "proof": "dmarc dkim spf dkims senderid adsp arc",
    "spoof": "spoof spoofed spoofing forged forgery impersonat*",
    "concurrent": "concurren* simultaneous* parallel",
    "insufficient": "insufficient shortage low",
    "blocklist": (
        "blacklist blacklisted blacklists blocklist blocklisted blocklists denylist denylisted dnsbl dnsbls "
        "rbl rbls rhsbl spamhaus spamcop sorbs uceprotect barracudacentral invaluement senderscore dnswl sbl "
        "xbl pbl zen cbl abuseat backscatterer manitu nixspam blackliste* blacklistée reputation dialup "
        "dynablock"
    ),
    "suppression": "suppress suppressed suppression suppressions unsubscribed",
    "quota": "quota quotas allowance allotment kontingent",
    "credit": "credit credits balance funds",
    "limit": "limit limits limitation limited maximum max threshold cap limite limites лимит* превышен* límite",
    "rate": (
        "rate rates ratelimit ratelimited throttle throttled throttling frequency frequently velocity volume "
        "flood flooding slow quickly"
    ),
    "size": "size sizes large big long bytes length groß große lang taille размер* grande tamaño volumineu*",
    "storage": "storage space disk spool mailstore speicherplatz",
    "loop": "loop loops looping hop hops",
    "day": "day days daily today tag täglich* jour сутки",
    "month": "month months monthly monat mois месяц",
    "hour": "hour hours hourly minute minutes second seconds stunde час heure",
    "syntax": "syntax syntactically syntactic format formatted rfc",
    "mechanism": "mechanism mechanisms mech authtype ntlm cram digest gssapi scram",
    "pipelining": "pipelining unauthorisedpipelining",
    "app": "application app",
    # -- what is the matter with it -------------------------------------------------------------
    "not": (
        "not no non never without neither nor cannot unable nicht kein keine keinen pas ne не нет без sans "
        "ohne sin lack lacks lacking missing absent fehlt fehlend* нельзя não haven aren isn hasn doesn wasn "
        "couldn unless"
    ),
    "refuse": (
        "reject* refus* deny denied denies denying denial prohibit* forbid* forbidden disallow* decline "
        "declined declines ban bans banned barred restrict restricted restriction restrictions unacceptable "
        "unwelcome disapproved abgelehnt abgewiesen verweigert zurückgewiesen interdit rejeté* отклон* "
        "запрещ* отказ* rechazad* denegado rifiutat* fenced discard discarded"
    ),
    "block": (
        "block blocks blocked blocking gesperrt* blockiert* bloqué* bloquee bloquée bloccat* bloqueado* "
        "заблокир*"
    ),
    "allow": (
        "allow allowed allows allowing permit permits permitted permission permissions accept accepted "
        "accepts accepting acceptable entitled granted willing erlaubt zugelassen zulässig autorisiert angenommen "
        "akzeptiert privilege privileges rights autorisé autorisée autorise разреш* permitido admitted"
    ),
    "authorise": "authorize authorized authorise authorised authorization authorisation berechtigt autorizado",
    "unauthorised": "unauthorized unauthorised",
    "require": (
        "require requires required requiring requierd requiered must need needs needed necessary demand "
        "demands mandatory expected should erforderlich notwendig benötigt muss müssen requis requise "
        "nécessaire obligatoire требу* необходимо требуется requiere requerida obligatori* shall"
    ),
    "invalid": (
        "invalid incorrect wrong bad malformed illegal unacceptible ungültig* falsch falsches fehlerhaft "
        "invalide invalides incorrecte erroné* неверн* неправильн* inválid* inválido incorrectos improper "
        "bogus impossible errata sbagliata erreur incorrectly"
    ),
    "valid": "valid gültig* valide verifiable proper correct correctly",
    "fail": (
        "fail fails failed failing failure failures unsuccessful fehlgeschlagen fehler échec echec echoué "
        "échoué échouée ошибка error errors problem problems falló fallida"
    ),
    "disable": (
        "disable disabled disables disabling deactivated expired closed expire deaktiviert désactivé* отключ* "
        "desactivad* discontinued deleted"
    ),
    "suspend": (
        "suspend suspended suspends paused pause pausing frozen freeze compromised hacked terminated "
        "suspendu* приостановл*"
    ),
    "lock": "lock locked lockout locking verrouillé",
    "inactive": "inactive inactivated unactivated",
    "active": (
        "active activate activated activates activation enabled enable enabling available aktiviert "
        "freigeschaltet"
    ),
    "unavailable": "unavailable unreachable",
    "verify": (
        "verify verified verifies verification validate validated validation confirm confirmed approve "
        "approved registered register registration provisioned bestätigt vérifié* подтвержд*"
    ),
    "unverified": "unverified unconfirmed unvalidated unregistered unconfigured unapproved unprovisioned",
    "match": (
        "match matches matched matching same equal equals identical belong belongs own owns owned owner "
        "corresponds correspond align aligned conform conforms correspond* conformance"
    ),
    "mismatch": "mismatch mismatched mismatches differ differs different differing misaligned unaligned",
    "exceed": (
        "exceed exceeds exceeded exceeding reached reach excessive surpassed overrun overlimit überschritten "
        "erreicht dépassé* depasse atteint* супер excedido superado"
    ),
    "toomany": "toomany",
    "many": "many much viele zu много beaucoup muitas",
    "too": "too trop слишком",
    "full": "full overquota voll pleine plein переполн* llena lleno",
    "find": (
        "find found finding resolve resolves resolved resolvable resolving lookupable trouvé trouvee gefunden "
        "найден* encontrado"
    ),
    "exist": "exist exists existing existe existent existiert существует",
    "list": "list lists listed listing liste gelistet",
    "know": "know known bekannt connu",
    "unknown": (
        "unknown unrecognized unrecognised unresolvable unroutable nonexistent nonexisting unlisted unbekannt "
        "inconnu inconnue undeliverable unrouteable unresolved неизвестн* desconocid* sconosciuto undefined "
        "invaliduser"
    ),
    "temp": (
        "temporary temporarily transient retry again later busy tempfail temporär vorübergehend später "
        "temporaire* plus tard réessayer позже временно temporal temporalmente defer deferred deferring "
        "deferral wait patience"
    ),
    "timeout": "timeout timed",
    "process": "process processing",
    "pending": "pending review reviewed awaiting compliance",
    "handle": "handle",
    "filter": "filter filtered filters",
    "request": "request requests",
    "reachable": "reachable",
    "bounce": "bounce bounces bounced",
    "load": "load overload* loadaverage",
    "shutdown": "shutdown shutting",
    "contain": "contain contains containing",
    "complaint": "complaint complaints",
    "sendasdenied": "sendasdenied* mapiexceptionsendasdenied*",
    "greylist": (
        "greylist greylisted greylisting graylist graylisted graylisting postgrey greylists sqlgrey grey gray"
    ),
    "unsupported": "unsupported unimplemented",
    "support": (
        "support supports supported offer offered offers advertise advertised implemented implement "
        "recognized recognised"
    ),
    "terminate": "dropping",
    "subscribe": "subscribe subscribed",
    "try": "try trying tried attempt attempts attempted attempting versuch* tentative* попыт*",
    "use": "use using",
    "send": (
        "send sends sending sent outgoing outbound submit submission submitting versenden senden отправ* "
        "envoyer envoi enviar"
    ),
    "trial": "trial sandbox sandboxed",
    "first": "first before zuerst d'abord сначала",
    "command": "command commands",
    "unusual": "unusual suspicious abnormal abuse abusive",
}  # fmt: skip

SPELLED = {form: concept for concept, forms in FORMS.items() for form in forms.split()}

# Words that carry nothing for the diagnosis. Removed before words are joined.
_FILLERS = (
    "is are was were be been being the a an of this that these those your you our we it its i has have had do does "
    "did please sorry at on in to for and or currently yet properly present can could may might will would by "
    "here there which any all more us my their his her through via into out up if then than when because due such "
    # German
    "der die das den dem ein eine einen ist sind wurde wird bitte von mit im sie ihr ihre für und werden zum zur wir "
    "diese dieser dieses "
    # French, Spanish, Italian
    "le la les un une est sont votre vous de des du en au ce cette veuillez et pour que el los su il lo "
    # Russian
    "в на для по и или ваш ваша"
)
DROPPED = frozenset(_FILLERS.split())

# Pairs that mean one thing. What comes out is looked up again together with the word before it.
JOINED = {
    **{f"not {word}": "refuse" for word in ("allow", "admit", "welcome", "wanted")},
    **{f"not {word}": "unknown" for word in ("find", "exist", "know", "local", "hosted")},
    "not valid": "invalid",
    "not authorise": "unauthorised",
    "not login": "unauthenticated",
    "not verify": "unverified",
    "not match": "mismatch",
    "not active": "inactive",
    "not support": "unsupported",
    "not reachable": "unavailable",
    "not subscribe": "unsubscribed",
    "not disable": "active",
    "not удалось": "fail",
    "too many": "toomany",
    "too size": "toobig",
    "many many": "toomany",
    "many connection": "toomany connection",
    "over limit": "limit exceed",
    "over quota": "quota exceed",
    "over size": "toobig",
    "quota full": "full",
    "black list": "blocklist",
    "block list": "blocklist",
    "refuse list": "blocklist",
    "refuse block": "block",
    "ip address": "ip",
    "ip ip": "ip",
    "allow list": "allowlist",
    "log in": "login",
    "sender id": "proof",
    "from address": "sender",
    "from header": "sender",
    "header from": "sender",
    "from domain": "sender domain",
    "envelope from": "sender",
    "envelope sender": "sender",
    "reverse path": "sender",
    "null mx": "nullmx",
    "not mx": "nullmx",
    "app credential": "apppassword",
    "specific credential": "apppassword",
    "app specific": "app",
    "authorise code": "apppassword",
    "mail box": "mailbox",
    "message box": "mailbox",
    "user name": "username",
    "client host": "client",
    "host name": "host",
    "access refuse": "refuse",
    "grey list": "greylist",
    "greylist list": "greylist",
    "secure connection": "tls",
    "secure tls": "tls",
}

# Chinese as 163, QQ, Alibaba and the systems of Coremail write it; the longer before the shorter.
IDEOGRAMS = (
    ("授权码", "apppassword"),
    ("客户端", "client"),
    ("发信IP", "client ip"),
    ("发件人", "sender"),
    ("发信人", "sender"),
    ("寄件人", "sender"),
    ("发信地址", "sender"),
    ("发信", "send"),
    ("收件人", "recipient"),
    ("收信人", "recipient"),
    ("黑名单", "blocklist"),
    ("不存在", "unknown"),
    ("不一致", "mismatch"),
    ("不匹配", "mismatch"),
    ("不正确", "invalid"),
    ("不允许", "refuse"),
    ("不支持", "unsupported"),
    ("未开启", "inactive"),
    ("未开通", "inactive"),
    ("没有开通", "inactive"),
    ("没有开启", "inactive"),
    ("没有权限", "refuse"),
    ("未验证", "unverified"),
    ("未认证", "unauthenticated"),
    ("未登录", "unauthenticated"),
    ("用户名", "username"),
    ("密码", "credential"),
    ("口令", "credential"),
    ("登录", "login"),
    ("登陆", "login"),
    ("认证", "login"),
    ("验证", "login"),
    ("鉴权", "login"),
    ("被锁", "lock"),
    ("锁定", "lock"),
    ("冻结", "suspend"),
    ("停用", "disable"),
    ("禁用", "disable"),
    ("关闭", "disable"),
    ("封禁", "block"),
    ("禁止", "refuse"),
    ("拒绝", "refuse"),
    ("拒收", "refuse"),
    ("拦截", "block"),
    ("屏蔽", "block"),
    ("频率", "rate"),
    ("过于频繁", "rate exceed"),
    ("过高", "exceed"),
    ("超过", "exceed"),
    ("超出", "exceed"),
    ("过多", "toomany"),
    ("太多", "toomany"),
    ("限制", "limit"),
    ("上限", "limit"),
    ("每天", "day"),
    ("当天", "day"),
    ("今日", "day"),
    ("每日", "day"),
    ("小时", "hour"),
    ("邮件大小", "message size"),
    ("大小", "size"),
    ("容量", "storage"),
    ("空间", "storage"),
    ("已满", "full"),
    ("垃圾", "spam"),
    ("病毒", "virus"),
    ("内容", "content"),
    ("信头", "header"),
    ("附件", "attachment"),
    ("域名", "domain"),
    ("本域", "domain"),
    ("邮箱", "mailbox"),
    ("帐号", "account"),
    ("账号", "account"),
    ("账户", "account"),
    ("用户", "user"),
    ("邮件", "message"),
    ("连接", "connection"),
    ("必须", "require"),
    ("需要", "require"),
    ("错误", "invalid"),
    ("失败", "fail"),
    ("无效", "invalid"),
    ("未知", "unknown"),
    ("稍后", "temp"),
    ("暂时", "temp"),
    ("繁忙", "temp"),
    ("服务器", "server"),
    ("服务", "service"),
    ("转发", "relay"),
    ("中继", "relay"),
    ("加密", "tls"),
    ("安全连接", "tls"),
    ("异常", "unusual"),
    ("反向解析", "rdns"),
)

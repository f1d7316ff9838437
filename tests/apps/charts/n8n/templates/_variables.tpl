{{- /*
SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
SPDX-License-Identifier: GPL-3.0-or-later

A tree as variables: n8n.smtp.port is N8N_SMTP_PORT.
*/ -}}
{{- define "n8n.variables" -}}
{{- range $key, $value := .of }}
{{- $name := printf "%s%s" $.prefix ($key | upper) }}
{{- if kindIs "map" $value }}
{{- include "n8n.variables" (dict "of" $value "prefix" (printf "%s_" $name) "secret" $.secret) }}
{{- else if $.secret }}
{{- printf "%s: %s\n" $name ($value | toString | b64enc) }}
{{- else }}
{{- printf "%s: %s\n" $name ($value | toString | quote) }}
{{- end }}
{{- end }}
{{- end }}

{{- /*
SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
SPDX-License-Identifier: GPL-3.0-or-later
*/ -}}

{{- /* One variable of a container from a key of the shared Secret: (list NAME KEY). */ -}}
{{- define "invitations.secretVariable" -}}
- name: {{ index . 0 }}
  valueFrom:
    secretKeyRef:
      name: qualytics-creds
      key: {{ index . 1 }}
{{- end }}

{{- /* "true" when a user and a password are given: one alone means no authentication. */ -}}
{{- define "invitations.authenticates" -}}
{{- with .Values.secrets.smtp }}
{{- if and .smtp_sender_user .smtp_sender_password }}true{{ end }}
{{- end }}
{{- end }}

{{- /* Environment of both workloads. */ -}}
{{- define "invitations.environment" -}}
- name: VERIFY_CERTIFICATE_SIGNERS
  value: {{ .Values.controlplane.egress.verifyTLSCertificates | quote }}
{{- with .Values.controlplane.smtp }}
{{- if eq .enabled true }}
- name: SMTP_SERVER
  value: {{ .server | quote }}
- name: SMTP_PORT
  value: {{ .port | quote }}
- name: SMTP_SENDER_EMAIL
  value: {{ .sender | quote }}
{{- if include "invitations.authenticates" $ }}
{{ include "invitations.secretVariable" (list "SMTP_SENDER_USER" "smtp_sender_user") }}
{{ include "invitations.secretVariable" (list "SMTP_SENDER_PASSWORD" "smtp_sender_password") }}
{{- end }}
{{- end }}
{{- end }}
{{ include "invitations.secretVariable" (list "JWT_SIGNING_SECRET" "jwt_signing_secret") }}
{{ include "invitations.secretVariable" (list "POSTGRES_CONNECTION_URL" "connection_url") }}
{{- end }}

{{- /* What PodSecurity "restricted" asks of a pod, and of a container. */ -}}
{{- define "invitations.podSecurityContext" -}}
runAsNonRoot: true
seccompProfile:
  type: RuntimeDefault
{{- end }}
{{- define "invitations.securityContext" -}}
allowPrivilegeEscalation: false
capabilities:
  drop: [ALL]
{{- end }}

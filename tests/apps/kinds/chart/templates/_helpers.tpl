{{/*
SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
SPDX-License-Identifier: GPL-3.0-or-later
*/}}

{{/* Metadata of the pods of a workload. */}}
{{- define "kinds.metadata" -}}
metadata:
  labels:
    app: {{ . }}
{{- end }}

{{/* What every pod has: no token, and no time to leave. */}}
{{- define "kinds.pod" -}}
automountServiceAccountToken: false
terminationGracePeriodSeconds: 0
{{- end }}

{{/* A container of the image with one program: nothing can be run in it. */}}
{{- define "kinds.bare" -}}
image: {{ .Values.bareImage }}
imagePullPolicy: IfNotPresent
env:
  - name: MAIL_HOST
    value: {{ .Values.mail.host | quote }}
  - name: MAIL_LOGIN
    value: $(MAIL_USER)@$(MAIL_HOST)
envFrom:
  - prefix: MAIL_
    secretRef: {name: {{ .Release.Name }}-mail}
volumeMounts:
  - {name: config, mountPath: /etc/app.ini, subPath: app.ini}
{{- end }}

{{- define "kinds.volumes" -}}
volumes:
  - name: config
    configMap: {name: {{ .Release.Name }}-config}
{{- end }}

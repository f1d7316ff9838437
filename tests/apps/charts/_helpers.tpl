{{- /*
SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
SPDX-License-Identifier: GPL-3.0-or-later

What most charts have: the full name of their objects, as `helm create` writes it. Linked into each chart.
*/ -}}

{{- define "fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains .Chart.Name .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

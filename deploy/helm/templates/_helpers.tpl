{{/* Name of every object: the release's, with the chart's where the release does not name it. */}}
{{- define "clawfleet.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "clawfleet.labels" -}}
{{ include "clawfleet.selector" . }}
app.kubernetes.io/part-of: clawfleet
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | quote }}
{{- end -}}

{{- define "clawfleet.selector" -}}
app.kubernetes.io/name: clawfleet
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: controller
{{- end -}}

{{- define "clawfleet.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "clawfleet.name" .) -}}
{{- else -}}
{{- required "serviceAccount.name must name a service account when serviceAccount.create is false" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "clawfleet.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What is bound, and to whom: dict "root" $ "role" NAME "kind" KIND. */}}
{{- define "clawfleet.binding" -}}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ .kind }}
  name: {{ .role }}
subjects:
  - kind: ServiceAccount
    name: {{ include "clawfleet.serviceAccountName" .root }}
    namespace: {{ .root.Release.Namespace }}
{{- end -}}

{{/* Binds a ClusterRole in every namespace, or in those watched: dict "root" $ "role" NAME. */}}
{{- define "clawfleet.bindings" -}}
{{- $root := .root -}}
{{- $role := .role -}}
{{- range .root.Values.watchNamespaces | default (list "") }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ ternary "RoleBinding" "ClusterRoleBinding" (ne . "") }}
metadata:
  name: {{ $role }}
  {{- if . }}
  namespace: {{ . }}
  {{- end }}
  labels:
    {{- include "clawfleet.labels" $root | nindent 4 }}
{{ include "clawfleet.binding" (dict "root" $root "role" $role "kind" "ClusterRole") }}
{{- end }}
{{- end -}}

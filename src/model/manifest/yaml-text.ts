import { Document, type DocumentOptions, type SchemaOptions, type ToStringOptions, visit } from 'yaml';
import { kubernetesScalar } from './kubernetes-scalar.ts';

type YamlTextOptions = DocumentOptions & SchemaOptions & ToStringOptions;

/**
 * `value` as a YAML document that means the same to Kubernetes, Helm and any other reader: words such as
 * `off` and `010` are quoted.
 */
export function yamlText(value: unknown, options: YamlTextOptions = {}): string {
  const document = new Document(value, { aliasDuplicateObjects: false, compat: 'yaml-1.1', ...options });
  visit(document, {
    Scalar: (_, scalar) => {
      if (typeof scalar.value === 'string' && kubernetesScalar(scalar.value) !== scalar.value)
        scalar.type = 'QUOTE_DOUBLE';
    },
  });
  return document.toString({ lineWidth: 0, ...options });
}

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A request as the API server has noted it. */
export interface AuditedRequest {
  readonly verb: string;
  /** As `core/secrets`, `clawfleet.dev/bots/status`. */
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  /** HTTP status. */
  readonly code: number;
}

/** The requests that one user makes of an API server started with these flags. */
export class Audit {
  readonly user: string;
  readonly flags: readonly string[];
  readonly #log: string;

  constructor(directory: string, user: string) {
    this.user = user;
    const policy = join(directory, 'audit-policy.json');
    this.#log = join(directory, 'audit.log');
    writeFileSync(
      policy,
      JSON.stringify({
        apiVersion: 'audit.k8s.io/v1',
        kind: 'Policy',
        omitStages: ['RequestReceived'],
        rules: [{ level: 'Metadata', users: [user] }, { level: 'None' }],
      }),
    );
    this.flags = [`--audit-policy-file=${policy}`, `--audit-log-path=${this.#log}`];
  }

  requests(): readonly AuditedRequest[] {
    const lines = readFileSync(this.#log, 'utf8').split('\n').filter(Boolean);
    return lines.map((line) => requestOf(JSON.parse(line) as AuditEvent));
  }
}

interface AuditEvent {
  readonly verb: string;
  readonly requestURI: string;
  readonly objectRef?: Readonly<
    Partial<Record<'apiGroup' | 'resource' | 'subresource' | 'namespace' | 'name', string>>
  >;
  readonly responseStatus?: { readonly code?: number };
}

function requestOf({ verb, requestURI, objectRef, responseStatus }: AuditEvent): AuditedRequest {
  const { apiGroup = 'core', resource = requestURI, subresource, namespace, name } = objectRef ?? {};
  const path = [apiGroup, resource, ...(subresource === undefined ? [] : [subresource])].join('/');
  return { verb, resource: path, namespace, name, code: responseStatus?.code ?? 0 };
}

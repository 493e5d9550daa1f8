import { readFile } from 'node:fs/promises';
import type { Cluster, User } from '@kubernetes/client-node/dist/config_types.js';

/** What a TLS connection is made with; two connections may be shared only under the same one. */
export interface TLSIdentity {
  /** PEM; undefined: the authorities that the system trusts. */
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  /** The name that the server's certificate must have, where it is not the host's. */
  readonly serverName: string | undefined;
  /** The server's certificate is not checked. */
  readonly insecure: boolean;
}

/** What a request is sent with. A change makes a new object, and a new `tls` only where that has changed. */
export interface Credential {
  /** Authorization and impersonation. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TLSIdentity;
}

export interface Credentials {
  /** Those in force; rotated files and expired tokens are looked after. */
  current(): Promise<Credential>;
  /** After the server refused `refused`: newer ones, or the same when there are none. */
  renewed(refused: Credential): Promise<Credential>;
}

/** A cluster and who we are there: a context of a kubeconfig, or a pod's service account. Files have whole paths. */
export interface KubeAccess {
  readonly cluster: Cluster;
  /** `tokenFile` is read again and again, for it is rotated. */
  readonly user: User & { readonly tokenFile?: string };
  /** Where things are that name no namespace. */
  readonly namespace: string | undefined;
}

/** A file's text that stays good while the file cannot be read, as happens when it is being replaced. */
export class FileText {
  readonly #file: string;
  readonly #onFailure: (error: unknown) => void;
  #text: string | undefined;

  constructor(file: string, onFailure: (error: unknown) => void) {
    this.#file = file;
    this.#onFailure = onFailure;
  }

  /** Reads it anew. Throws when it has never been read. */
  async read(): Promise<string> {
    try {
      const text = await readFile(this.#file, 'utf8');
      if (text.trim() !== '' || this.#text === undefined) this.#text = text;
    } catch (error) {
      if (this.#text === undefined) throw error;
      this.#onFailure(error);
    }
    return this.#text;
  }
}

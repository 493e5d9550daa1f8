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

/** Says who may have which files, in a way that the edge can check by itself. */
export interface FileAccess {
  /**
   * What a viewer has to show for each of these files, and nothing else, until then.
   *
   * @throws TransientError `signing_not_ready` while there is nothing to sign with
   */
  allow(keys: readonly string[], until: Date): Promise<AccessCookie[]>;
}

export interface AccessCookie {
  name: string;
  value: string;
  /** Of the address: where the browser is to send it. */
  path: string;
  /** Not to be sent without TLS. */
  secure: boolean;
}

/** Values of the `Authorization` header. */
export interface Credentials {
  /** Gives the current one. Throws `BackendError` when signing in fails. */
  authorization(): Promise<string>;
  /** Gives another one after `rejected` was refused; undefined if there is none. Throws `BackendError`. */
  renew(rejected: string): Promise<string | undefined>;
}

/** Values of the `Authorization` header. */
export interface Credentials {
  /** Gives the current one. Throws what the token's source throws when signing in fails. */
  authorization(): Promise<string>;
  /** Gives another one after `rejected` was refused; undefined if there is none. Throws alike. */
  renew(rejected: string): Promise<string | undefined>;
}

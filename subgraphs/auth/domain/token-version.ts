/** Written in the transaction that raised a user's token version; carried over to Redis until no access token from before can be alive. */
export type TokenVersionChange = {
  readonly id: string;
  readonly userId: string;
  readonly version: number;
  /** Whether the user's sessions end with it, and which one stays. */
  readonly endsSessions: boolean;
  readonly keptSid: string | null;
  readonly createdAt: Date;
  readonly applied: boolean;
};

import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { User as UserModel } from './domain/user.ts';
import type { ListedSession as SessionModel } from './domain/session.ts';
import type { SignedIn as SignedInOutcome, EmailTaken as EmailTakenOutcome, InvalidCredentials as InvalidCredentialsOutcome, SessionExpired as SessionExpiredOutcome, PasswordChanged as PasswordChangedOutcome } from './domain/outcomes.ts';
import type { Context } from './context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null | undefined;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** RFC 3339 instant in UTC, e.g. 2026-12-31T19:30:00.000Z. */
  DateTime: { input: Date; output: Date; }
  /** An e-mail address; compared after trimming and case folding. */
  EmailAddress: { input: string; output: string; }
  _FieldSet: { input: string; output: string; }
};

/** A change of one's own password. */
export type ChangePasswordInput = {
  /** The one that holds until now. */
  readonly currentPassword: Scalars['String']['input'];
  /** 8 to 128 characters; common passwords are refused. */
  readonly newPassword: Scalars['String']['input'];
};

/** The password is changed. */
export type ChangePasswordPayload = {
  /** The viewer. */
  readonly user: User;
};

/** What changePassword answers. */
export type ChangePasswordResult = ChangePasswordPayload | InvalidCredentials;

/** There is an account with this address already. */
export type EmailTaken = UserError & {
  /** For people, in English, naming what to do next. */
  readonly message: Scalars['String']['output'];
  /** ["input", "email"]. */
  readonly path: ReadonlyArray<Scalars['String']['output']>;
};

/** The same answer, in the same time, whether or not the account exists. */
export type InvalidCredentials = UserError & {
  /** For people, in English, naming what to do next. */
  readonly message: Scalars['String']['output'];
  /** Empty at log-in, where it would tell too much; ["input", "currentPassword"] for changePassword. */
  readonly path: ReadonlyArray<Scalars['String']['output']>;
};

/** Credentials. */
export type LogInInput = {
  /** In any case; surrounding spaces do not matter. */
  readonly email: Scalars['EmailAddress']['input'];
  /** As it was chosen; spaces matter. */
  readonly password: Scalars['String']['input'];
};

/** What logIn answers. */
export type LogInResult = InvalidCredentials | SignedIn;

/** What logOut did. */
export type LogOutPayload = {
  /** How many sessions were alive and are not any more; 0 when there was nothing to end. */
  readonly endedSessions: Scalars['Int']['output'];
};

export type Mutation = {
  /** Ends every other session of the user; this one goes on with new cookies. An unfit new password is BAD_USER_INPUT. */
  readonly changePassword: ChangePasswordResult;
  /** Replaces the session that the request came with, if any. RATE_LIMITED after too many attempts; SERVICE_UNAVAILABLE when too many log in at once: try again shortly. */
  readonly logIn: LogInResult;
  /** Ends this session, or all of the user's. Clears both cookies. Safe to repeat, and without a session. */
  readonly logOut: LogOutPayload;
  /** Rotates the refresh token and sets both cookies anew. The router also does this by itself when only the access token has expired. Safe to repeat when its answer was lost. */
  readonly refreshSession: RefreshSessionResult;
  /** Ends one of the viewer's own sessions. Ending the current one clears the cookies too. */
  readonly revokeSession: RevokeSessionPayload;
  /** Admins only. Takes effect at once, for tokens already given out too. NOT_FOUND for an unknown user; BAD_USER_INPUT when it would leave no admin. */
  readonly setUserRoles: SetUserRolesPayload;
  /**
   * Creates an account and signs in: both cookies are set on the answer. Replaces the session that the request came with, if any.
   * An unfit password or name is BAD_USER_INPUT with all problems in `extensions.issues`; SERVICE_UNAVAILABLE means that nothing was created.
   */
  readonly signUp: SignUpResult;
};


export type MutationChangePasswordArgs = {
  input: ChangePasswordInput;
};


export type MutationLogInArgs = {
  input: LogInInput;
};


export type MutationLogOutArgs = {
  everywhere?: Scalars['Boolean']['input'];
};


export type MutationRevokeSessionArgs = {
  id: Scalars['ID']['input'];
};


export type MutationSetUserRolesArgs = {
  input: SetUserRolesInput;
};


export type MutationSignUpArgs = {
  input: SignUpInput;
};

/** Relay page information. */
export type PageInfo = {
  /** Cursor of the last edge; null on an empty page. Give it as `after` to get the next page. */
  readonly endCursor: Maybe<Scalars['String']['output']>;
  /** Whether another page follows. */
  readonly hasNextPage: Scalars['Boolean']['output'];
  /** Whether something comes before this page: true on every page but the first. */
  readonly hasPreviousPage: Scalars['Boolean']['output'];
  /** Cursor of the first edge; null on an empty page. */
  readonly startCursor: Maybe<Scalars['String']['output']>;
};

export type Query = {
  /** The signed-in user; null for an anonymous viewer, never an error. */
  readonly me: Maybe<User>;
  /** Admins only. Newest first. */
  readonly users: UserConnection;
};


export type QueryUsersArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: Scalars['Int']['input'];
  search?: InputMaybe<Scalars['String']['input']>;
};

/** What refreshSession answers. */
export type RefreshSessionResult = SessionExpired | SignedIn;

/** What revokeSession did. */
export type RevokeSessionPayload = {
  /** False when the viewer has no such session (any more). */
  readonly revoked: Scalars['Boolean']['output'];
};

/** What a user may do. Roles add up; they change through setUserRoles only. */
export type Role =
  /** Manages accounts and everybody's events. There is always at least one. */
  | 'ADMIN'
  /** Buys tickets. Every new account has it. */
  | 'ATTENDEE'
  /** Creates and manages events of their own, and scans tickets. */
  | 'ORGANIZER';

/** One signed-in browser or device: a refresh-token family. */
export type Session = {
  /** When it was signed in. */
  readonly createdAt: Scalars['DateTime']['output'];
  /** True for the session that asks. */
  readonly current: Scalars['Boolean']['output'];
  /** An opaque name, not the secret part of anything. Give it to revokeSession. */
  readonly id: Scalars['ID']['output'];
  /** When its tokens were last refreshed: up to the life of an access token (15 minutes) behind its last request. */
  readonly lastUsedAt: Scalars['DateTime']['output'];
  /** The User-Agent header it was signed in with, at most 300 characters; null when there was none. */
  readonly userAgent: Maybe<Scalars['String']['output']>;
};

/** There is no session to refresh, it has ended, or its token was used by somebody else. The cookies are cleared; log in again. */
export type SessionExpired = UserError & {
  /** For people, in English, naming what to do next. */
  readonly message: Scalars['String']['output'];
  /** Always empty. */
  readonly path: ReadonlyArray<Scalars['String']['output']>;
};

/** A user's new roles. */
export type SetUserRolesInput = {
  /** All roles the user shall have, at least one; those left out are taken away. */
  readonly roles: ReadonlyArray<Role>;
  /** The user to change; oneself is allowed. */
  readonly userId: Scalars['ID']['input'];
};

/** The roles are as asked for. */
export type SetUserRolesPayload = {
  /** With the new roles. */
  readonly user: User;
};

/** A new account. */
export type SignUpInput = {
  /** 1 to 100 characters on one line, trimmed. */
  readonly displayName: Scalars['String']['input'];
  /** Trimmed, and lower case from then on. One account per address. */
  readonly email: Scalars['EmailAddress']['input'];
  /** 8 to 128 characters; common passwords are refused. */
  readonly password: Scalars['String']['input'];
};

/** What signUp answers. */
export type SignUpResult = EmailTaken | SignedIn;

/** The cookies are set; no token is ever in a body. */
export type SignedIn = {
  /** Until then requests need no refresh; later the router refreshes by itself as long as the session lives. */
  readonly accessTokenExpiresAt: Scalars['DateTime']['output'];
  /** Who is signed in now. */
  readonly user: User;
};

/** A person with an account. */
export type User = {
  /** When the account was made. */
  readonly createdAt: Scalars['DateTime']['output'];
  /** What others see: 1 to 100 characters on one line. Not unique. */
  readonly displayName: Scalars['String']['output'];
  /** Null unless the viewer is this user or an admin. */
  readonly email: Maybe<Scalars['EmailAddress']['output']>;
  /** Never changes. */
  readonly id: Scalars['ID']['output'];
  /** Null unless the viewer is this user or an admin. */
  readonly roles: Maybe<ReadonlyArray<Role>>;
  /** Where this user is signed in, most recently used first, at most 100. Null unless the viewer is this user; null with SERVICE_UNAVAILABLE while the session store is away. */
  readonly sessions: Maybe<ReadonlyArray<Session>>;
};

/** A page of users. */
export type UserConnection = {
  /** In the order of the list. */
  readonly edges: ReadonlyArray<UserEdge>;
  /** How to go on. */
  readonly pageInfo: PageInfo;
};

/** A user in a list. */
export type UserEdge = {
  /** Give it as `after` to go on behind this user. */
  readonly cursor: Scalars['String']['output'];
  /** The user. */
  readonly node: User;
};

/**
 * An expected refusal that a correct client handles: a member of a result union, never a top-level error. Its type name is its code; members may be added,
 * so a client keeps a branch for `... on UserError`.
 */
export type UserError = {
  /** For people, in English, naming what to do next. */
  readonly message: Scalars['String']['output'];
  /** The input field it is about, e.g. ["input", "email"]; empty when it is about the whole request. */
  readonly path: ReadonlyArray<Scalars['String']['output']>;
};



export type ResolverTypeWrapper<T> = Promise<T> | T;

export type ReferenceResolver<TResult, TReference, TContext> = (
      reference: TReference,
      context: TContext,
      info: GraphQLResolveInfo
    ) => Promise<TResult> | TResult;

      type ScalarCheck<T, S> = S extends true ? T : NullableCheck<T, S>;
      type NullableCheck<T, S> = Maybe<T> extends T ? Maybe<ListCheck<NonNullable<T>, S>> : ListCheck<T, S>;
      type ListCheck<T, S> = T extends (infer U)[] ? NullableCheck<U, S>[] : GraphQLRecursivePick<T, S>;
      export type GraphQLRecursivePick<T, S> = { [K in keyof T & keyof S]: ScalarCheck<T[K], S[K]> };
    

export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

/** Mapping of federation types */
export type FederationTypes = {
  User: User;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  User:
    ( { __typename: 'User' }
    & GraphQLRecursivePick<FederationTypes['User'], {"id":true}> );
};

/** Mapping of union types */
export type ResolversUnionTypes<_RefType extends Record<string, unknown>> = {
  ChangePasswordResult:
    | ( PasswordChangedOutcome )
    | ( InvalidCredentialsOutcome )
  ;
  LogInResult:
    | ( InvalidCredentialsOutcome )
    | ( SignedInOutcome )
  ;
  RefreshSessionResult:
    | ( SessionExpiredOutcome )
    | ( SignedInOutcome )
  ;
  SignUpResult:
    | ( EmailTakenOutcome )
    | ( SignedInOutcome )
  ;
};

/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  UserError:
    | ( EmailTakenOutcome )
    | ( InvalidCredentialsOutcome )
    | ( SessionExpiredOutcome )
  ;
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  ChangePasswordInput: ChangePasswordInput;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  ChangePasswordPayload: ResolverTypeWrapper<PasswordChangedOutcome>;
  ChangePasswordResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['ChangePasswordResult']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  EmailAddress: ResolverTypeWrapper<Scalars['EmailAddress']['output']>;
  EmailTaken: ResolverTypeWrapper<EmailTakenOutcome>;
  InvalidCredentials: ResolverTypeWrapper<InvalidCredentialsOutcome>;
  LogInInput: LogInInput;
  LogInResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['LogInResult']>;
  LogOutPayload: ResolverTypeWrapper<LogOutPayload>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  RefreshSessionResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['RefreshSessionResult']>;
  RevokeSessionPayload: ResolverTypeWrapper<RevokeSessionPayload>;
  Role: Role;
  Session: ResolverTypeWrapper<SessionModel>;
  SessionExpired: ResolverTypeWrapper<SessionExpiredOutcome>;
  SetUserRolesInput: SetUserRolesInput;
  SetUserRolesPayload: ResolverTypeWrapper<Omit<SetUserRolesPayload, 'user'> & { user: ResolversTypes['User'] }>;
  SignUpInput: SignUpInput;
  SignUpResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['SignUpResult']>;
  SignedIn: ResolverTypeWrapper<SignedInOutcome>;
  User: ResolverTypeWrapper<UserModel>;
  UserConnection: ResolverTypeWrapper<Omit<UserConnection, 'edges'> & { edges: ReadonlyArray<ResolversTypes['UserEdge']> }>;
  UserEdge: ResolverTypeWrapper<Omit<UserEdge, 'node'> & { node: ResolversTypes['User'] }>;
  UserError: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['UserError']>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  ChangePasswordInput: ChangePasswordInput;
  String: Scalars['String']['output'];
  ChangePasswordPayload: PasswordChangedOutcome;
  ChangePasswordResult: ResolversUnionTypes<ResolversParentTypes>['ChangePasswordResult'];
  DateTime: Scalars['DateTime']['output'];
  EmailAddress: Scalars['EmailAddress']['output'];
  EmailTaken: EmailTakenOutcome;
  InvalidCredentials: InvalidCredentialsOutcome;
  LogInInput: LogInInput;
  LogInResult: ResolversUnionTypes<ResolversParentTypes>['LogInResult'];
  LogOutPayload: LogOutPayload;
  Int: Scalars['Int']['output'];
  Mutation: Record<PropertyKey, never>;
  Boolean: Scalars['Boolean']['output'];
  ID: Scalars['ID']['output'];
  PageInfo: PageInfo;
  Query: Record<PropertyKey, never>;
  RefreshSessionResult: ResolversUnionTypes<ResolversParentTypes>['RefreshSessionResult'];
  RevokeSessionPayload: RevokeSessionPayload;
  Session: SessionModel;
  SessionExpired: SessionExpiredOutcome;
  SetUserRolesInput: SetUserRolesInput;
  SetUserRolesPayload: Omit<SetUserRolesPayload, 'user'> & { user: ResolversParentTypes['User'] };
  SignUpInput: SignUpInput;
  SignUpResult: ResolversUnionTypes<ResolversParentTypes>['SignUpResult'];
  SignedIn: SignedInOutcome;
  User: UserModel;
  UserConnection: Omit<UserConnection, 'edges'> & { edges: ReadonlyArray<ResolversParentTypes['UserEdge']> };
  UserEdge: Omit<UserEdge, 'node'> & { node: ResolversParentTypes['User'] };
  UserError: ResolversInterfaceTypes<ResolversParentTypes>['UserError'];
};

export type ChangePasswordPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ChangePasswordPayload'] = ResolversParentTypes['ChangePasswordPayload']> = {
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ChangePasswordResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ChangePasswordResult'] = ResolversParentTypes['ChangePasswordResult']> = {
  __resolveType: TypeResolveFn<'ChangePasswordPayload' | 'InvalidCredentials', ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export interface EmailAddressScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['EmailAddress'], any> {
  name: 'EmailAddress';
}

export type EmailTakenResolvers<ContextType = Context, ParentType extends ResolversParentTypes['EmailTaken'] = ResolversParentTypes['EmailTaken']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type InvalidCredentialsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['InvalidCredentials'] = ResolversParentTypes['InvalidCredentials']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type LogInResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LogInResult'] = ResolversParentTypes['LogInResult']> = {
  __resolveType: TypeResolveFn<'InvalidCredentials' | 'SignedIn', ParentType, ContextType>;
};

export type LogOutPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LogOutPayload'] = ResolversParentTypes['LogOutPayload']> = {
  endedSessions?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  changePassword?: Resolver<ResolversTypes['ChangePasswordResult'], ParentType, ContextType, RequireFields<MutationChangePasswordArgs, 'input'>>;
  logIn?: Resolver<ResolversTypes['LogInResult'], ParentType, ContextType, RequireFields<MutationLogInArgs, 'input'>>;
  logOut?: Resolver<ResolversTypes['LogOutPayload'], ParentType, ContextType, RequireFields<MutationLogOutArgs, 'everywhere'>>;
  refreshSession?: Resolver<ResolversTypes['RefreshSessionResult'], ParentType, ContextType>;
  revokeSession?: Resolver<ResolversTypes['RevokeSessionPayload'], ParentType, ContextType, RequireFields<MutationRevokeSessionArgs, 'id'>>;
  setUserRoles?: Resolver<ResolversTypes['SetUserRolesPayload'], ParentType, ContextType, RequireFields<MutationSetUserRolesArgs, 'input'>>;
  signUp?: Resolver<ResolversTypes['SignUpResult'], ParentType, ContextType, RequireFields<MutationSignUpArgs, 'input'>>;
};

export type PageInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  me?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  users?: Resolver<ResolversTypes['UserConnection'], ParentType, ContextType, RequireFields<QueryUsersArgs, 'first'>>;
};

export type RefreshSessionResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RefreshSessionResult'] = ResolversParentTypes['RefreshSessionResult']> = {
  __resolveType: TypeResolveFn<'SessionExpired' | 'SignedIn', ParentType, ContextType>;
};

export type RevokeSessionPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RevokeSessionPayload'] = ResolversParentTypes['RevokeSessionPayload']> = {
  revoked?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type SessionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Session'] = ResolversParentTypes['Session']> = {
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  current?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  lastUsedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  userAgent?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type SessionExpiredResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SessionExpired'] = ResolversParentTypes['SessionExpired']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SetUserRolesPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SetUserRolesPayload'] = ResolversParentTypes['SetUserRolesPayload']> = {
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export type SignUpResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SignUpResult'] = ResolversParentTypes['SignUpResult']> = {
  __resolveType: TypeResolveFn<'EmailTaken' | 'SignedIn', ParentType, ContextType>;
};

export type SignedInResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SignedIn'] = ResolversParentTypes['SignedIn']> = {
  accessTokenExpiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type UserResolvers<ContextType = Context, ParentType extends ResolversParentTypes['User'] = ResolversParentTypes['User'], FederationReferenceType extends FederationReferenceTypes['User'] = FederationReferenceTypes['User']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['User']> | FederationReferenceType, FederationReferenceType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  displayName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  email?: Resolver<Maybe<ResolversTypes['EmailAddress']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  roles?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Role']>>, ParentType, ContextType>;
  sessions?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Session']>>, ParentType, ContextType>;
};

export type UserConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UserConnection'] = ResolversParentTypes['UserConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['UserEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type UserEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UserEdge'] = ResolversParentTypes['UserEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export type UserErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UserError'] = ResolversParentTypes['UserError']> = {
  __resolveType: TypeResolveFn<'EmailTaken' | 'InvalidCredentials' | 'SessionExpired', ParentType, ContextType>;
};

export type Resolvers<ContextType = Context> = {
  ChangePasswordPayload?: ChangePasswordPayloadResolvers<ContextType>;
  ChangePasswordResult?: ChangePasswordResultResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  EmailAddress?: GraphQLScalarType;
  EmailTaken?: EmailTakenResolvers<ContextType>;
  InvalidCredentials?: InvalidCredentialsResolvers<ContextType>;
  LogInResult?: LogInResultResolvers<ContextType>;
  LogOutPayload?: LogOutPayloadResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  RefreshSessionResult?: RefreshSessionResultResolvers<ContextType>;
  RevokeSessionPayload?: RevokeSessionPayloadResolvers<ContextType>;
  Session?: SessionResolvers<ContextType>;
  SessionExpired?: SessionExpiredResolvers<ContextType>;
  SetUserRolesPayload?: SetUserRolesPayloadResolvers<ContextType>;
  SignUpResult?: SignUpResultResolvers<ContextType>;
  SignedIn?: SignedInResolvers<ContextType>;
  User?: UserResolvers<ContextType>;
  UserConnection?: UserConnectionResolvers<ContextType>;
  UserEdge?: UserEdgeResolvers<ContextType>;
  UserError?: UserErrorResolvers<ContextType>;
};


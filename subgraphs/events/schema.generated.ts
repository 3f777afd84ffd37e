import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Event as EventModel, UserKey as UserKeyModel } from './domain/event.ts';
import type { EventChanged as EventChangedOutcome, EventDeleted as EventDeletedOutcome, EventNotFound as EventNotFoundOutcome, StaleVersion as StaleVersionOutcome, InvalidEventState as InvalidEventStateOutcome } from './domain/outcomes.ts';
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
  DateTime: { input: Date; output: Date; }
  /** IANA name, e.g. Europe/Berlin. */
  TimeZone: { input: string; output: string; }
  _FieldSet: { input: string; output: string; }
};

export type CreateEventInput = {
  readonly description?: InputMaybe<Scalars['String']['input']>;
  readonly endsAt?: InputMaybe<Scalars['DateTime']['input']>;
  readonly location?: InputMaybe<Scalars['String']['input']>;
  /** False keeps it a draft. */
  readonly publish?: Scalars['Boolean']['input'];
  readonly startsAt: Scalars['DateTime']['input'];
  readonly tags?: ReadonlyArray<Scalars['String']['input']>;
  readonly timeZone?: Scalars['TimeZone']['input'];
  /** 1 to 200 characters. */
  readonly title: Scalars['String']['input'];
};

export type CreateEventPayload = {
  readonly event: Event;
};

export type DeleteEventPayload = {
  readonly id: Scalars['ID']['output'];
};

export type DeleteEventResult = DeleteEventPayload | EventNotFound;

export type Event = {
  readonly createdAt: Scalars['DateTime']['output'];
  readonly description: Maybe<Scalars['String']['output']>;
  readonly endsAt: Maybe<Scalars['DateTime']['output']>;
  readonly id: Scalars['ID']['output'];
  readonly location: Maybe<Scalars['String']['output']>;
  /** Null while it cannot be read. */
  readonly organizer: Maybe<User>;
  /** Published events most like this one, by content. */
  readonly related: ReadonlyArray<Event>;
  readonly startsAt: Scalars['DateTime']['output'];
  readonly status: EventStatus;
  /** Lower case, distinct, at most 20. */
  readonly tags: ReadonlyArray<Scalars['String']['output']>;
  /** Of the place where it happens; startsAt is shown in it. */
  readonly timeZone: Scalars['TimeZone']['output'];
  readonly title: Scalars['String']['output'];
  readonly updatedAt: Scalars['DateTime']['output'];
  /** Grows by one with each change; give it back as expectedVersion to refuse a lost update. */
  readonly version: Scalars['Int']['output'];
};


export type EventRelatedArgs = {
  first?: Scalars['Int']['input'];
};

export type EventConnection = {
  readonly edges: ReadonlyArray<EventEdge>;
  readonly pageInfo: PageInfo;
};

export type EventEdge = {
  readonly cursor: Scalars['String']['output'];
  readonly node: Event;
};

export type EventFilter = {
  readonly organizerId?: InputMaybe<Scalars['ID']['input']>;
  readonly startsAfter?: InputMaybe<Scalars['DateTime']['input']>;
  readonly startsBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** All of them. */
  readonly tags?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Words in title, description, location and tags; typos and prefixes tolerated. */
  readonly text?: InputMaybe<Scalars['String']['input']>;
};

/** Also the answer when the event is not the viewer's to change. */
export type EventNotFound = UserError & {
  readonly message: Scalars['String']['output'];
  readonly path: ReadonlyArray<Scalars['String']['output']>;
};

export type EventSort =
  | 'NEWEST'
  /** Best match for filter.text first. */
  | 'RELEVANCE'
  | 'STARTS_AT_ASC'
  | 'STARTS_AT_DESC';

export type EventStatus =
  /** Listed no more; every order of it is refunded. */
  | 'CANCELLED'
  /** Only its organizer and admins see it. */
  | 'DRAFT'
  | 'PUBLISHED';

/** E.g. publishing a cancelled event. */
export type InvalidEventState = UserError & {
  readonly message: Scalars['String']['output'];
  readonly path: ReadonlyArray<Scalars['String']['output']>;
};

export type Mutation = {
  /** Ends the sale, frees the holds and refunds every order. */
  readonly cancelEvent: UpdateEventResult;
  readonly createEvent: CreateEventPayload;
  /** Cancels, and removes it from every list. Orders of it stay readable. */
  readonly deleteEvent: DeleteEventResult;
  readonly publishEvent: UpdateEventResult;
  /** The event's organizer, or an admin. A field left out stays; null clears an optional one and is refused for the others. */
  readonly updateEvent: UpdateEventResult;
};


export type MutationCancelEventArgs = {
  id: Scalars['ID']['input'];
};


export type MutationCreateEventArgs = {
  input: CreateEventInput;
};


export type MutationDeleteEventArgs = {
  id: Scalars['ID']['input'];
};


export type MutationPublishEventArgs = {
  id: Scalars['ID']['input'];
};


export type MutationUpdateEventArgs = {
  input: UpdateEventInput;
};

export type PageInfo = {
  readonly endCursor: Maybe<Scalars['String']['output']>;
  readonly hasNextPage: Scalars['Boolean']['output'];
  readonly hasPreviousPage: Scalars['Boolean']['output'];
  readonly startCursor: Maybe<Scalars['String']['output']>;
};

export type Query = {
  /** Null when there is none, it was deleted, or it is a draft of someone else. */
  readonly event: Maybe<Event>;
  /** Published events. */
  readonly events: EventConnection;
};


export type QueryEventArgs = {
  id: Scalars['ID']['input'];
};


export type QueryEventsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<EventFilter>;
  first?: Scalars['Int']['input'];
  sort?: EventSort;
};

export type StaleVersion = UserError & {
  readonly current: Event;
  readonly message: Scalars['String']['output'];
  readonly path: ReadonlyArray<Scalars['String']['output']>;
};

export type UpdateEventInput = {
  readonly description?: InputMaybe<Scalars['String']['input']>;
  readonly endsAt?: InputMaybe<Scalars['DateTime']['input']>;
  readonly expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  readonly id: Scalars['ID']['input'];
  readonly location?: InputMaybe<Scalars['String']['input']>;
  readonly startsAt?: InputMaybe<Scalars['DateTime']['input']>;
  readonly tags?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  readonly timeZone?: InputMaybe<Scalars['TimeZone']['input']>;
  readonly title?: InputMaybe<Scalars['String']['input']>;
};

export type UpdateEventPayload = {
  readonly event: Event;
};

export type UpdateEventResult = EventNotFound | InvalidEventState | StaleVersion | UpdateEventPayload;

export type User = {
  readonly id: Scalars['ID']['output'];
  /** Published events of this organizer; drafts too for the organizer and admins. */
  readonly organizedEvents: EventConnection;
  /** Upcoming published events suggested by what this user bought; the best-selling ones for a new user. The user and admins only, else null. */
  readonly recommendedEvents: Maybe<ReadonlyArray<Event>>;
};


export type UserOrganizedEventsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: Scalars['Int']['input'];
};


export type UserRecommendedEventsArgs = {
  first?: Scalars['Int']['input'];
};

export type UserError = {
  readonly message: Scalars['String']['output'];
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
  Event: Event;
  User: User;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Event:
    ( { __typename: 'Event' }
    & GraphQLRecursivePick<FederationTypes['Event'], {"id":true}> );
  User:
    ( { __typename: 'User' }
    & GraphQLRecursivePick<FederationTypes['User'], {"id":true}> );
};

/** Mapping of union types */
export type ResolversUnionTypes<_RefType extends Record<string, unknown>> = {
  DeleteEventResult:
    | ( EventDeletedOutcome )
    | ( EventNotFoundOutcome )
  ;
  UpdateEventResult:
    | ( EventNotFoundOutcome )
    | ( InvalidEventStateOutcome )
    | ( StaleVersionOutcome )
    | ( EventChangedOutcome )
  ;
};

/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  UserError:
    | ( EventNotFoundOutcome )
    | ( InvalidEventStateOutcome )
    | ( StaleVersionOutcome )
  ;
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  CreateEventInput: CreateEventInput;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  CreateEventPayload: ResolverTypeWrapper<Omit<CreateEventPayload, 'event'> & { event: ResolversTypes['Event'] }>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  DeleteEventPayload: ResolverTypeWrapper<EventDeletedOutcome>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  DeleteEventResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['DeleteEventResult']>;
  Event: ResolverTypeWrapper<EventModel>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  EventConnection: ResolverTypeWrapper<Omit<EventConnection, 'edges'> & { edges: ReadonlyArray<ResolversTypes['EventEdge']> }>;
  EventEdge: ResolverTypeWrapper<Omit<EventEdge, 'node'> & { node: ResolversTypes['Event'] }>;
  EventFilter: EventFilter;
  EventNotFound: ResolverTypeWrapper<EventNotFoundOutcome>;
  EventSort: EventSort;
  EventStatus: EventStatus;
  InvalidEventState: ResolverTypeWrapper<InvalidEventStateOutcome>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  StaleVersion: ResolverTypeWrapper<StaleVersionOutcome>;
  TimeZone: ResolverTypeWrapper<Scalars['TimeZone']['output']>;
  UpdateEventInput: UpdateEventInput;
  UpdateEventPayload: ResolverTypeWrapper<EventChangedOutcome>;
  UpdateEventResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['UpdateEventResult']>;
  User: ResolverTypeWrapper<UserKeyModel>;
  UserError: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['UserError']>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  CreateEventInput: CreateEventInput;
  String: Scalars['String']['output'];
  Boolean: Scalars['Boolean']['output'];
  CreateEventPayload: Omit<CreateEventPayload, 'event'> & { event: ResolversParentTypes['Event'] };
  DateTime: Scalars['DateTime']['output'];
  DeleteEventPayload: EventDeletedOutcome;
  ID: Scalars['ID']['output'];
  DeleteEventResult: ResolversUnionTypes<ResolversParentTypes>['DeleteEventResult'];
  Event: EventModel;
  Int: Scalars['Int']['output'];
  EventConnection: Omit<EventConnection, 'edges'> & { edges: ReadonlyArray<ResolversParentTypes['EventEdge']> };
  EventEdge: Omit<EventEdge, 'node'> & { node: ResolversParentTypes['Event'] };
  EventFilter: EventFilter;
  EventNotFound: EventNotFoundOutcome;
  InvalidEventState: InvalidEventStateOutcome;
  Mutation: Record<PropertyKey, never>;
  PageInfo: PageInfo;
  Query: Record<PropertyKey, never>;
  StaleVersion: StaleVersionOutcome;
  TimeZone: Scalars['TimeZone']['output'];
  UpdateEventInput: UpdateEventInput;
  UpdateEventPayload: EventChangedOutcome;
  UpdateEventResult: ResolversUnionTypes<ResolversParentTypes>['UpdateEventResult'];
  User: UserKeyModel;
  UserError: ResolversInterfaceTypes<ResolversParentTypes>['UserError'];
};

export type CreateEventPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CreateEventPayload'] = ResolversParentTypes['CreateEventPayload']> = {
  event?: Resolver<ResolversTypes['Event'], ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type DeleteEventPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeleteEventPayload'] = ResolversParentTypes['DeleteEventPayload']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type DeleteEventResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeleteEventResult'] = ResolversParentTypes['DeleteEventResult']> = {
  __resolveType: TypeResolveFn<'DeleteEventPayload' | 'EventNotFound', ParentType, ContextType>;
};

export type EventResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Event'] = ResolversParentTypes['Event'], FederationReferenceType extends FederationReferenceTypes['Event'] = FederationReferenceTypes['Event']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Event']> | FederationReferenceType, FederationReferenceType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  endsAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  location?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  organizer?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  related?: Resolver<ReadonlyArray<ResolversTypes['Event']>, ParentType, ContextType, RequireFields<EventRelatedArgs, 'first'>>;
  startsAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['EventStatus'], ParentType, ContextType>;
  tags?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  timeZone?: Resolver<ResolversTypes['TimeZone'], ParentType, ContextType>;
  title?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type EventConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['EventConnection'] = ResolversParentTypes['EventConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['EventEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type EventEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['EventEdge'] = ResolversParentTypes['EventEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Event'], ParentType, ContextType>;
};

export type EventNotFoundResolvers<ContextType = Context, ParentType extends ResolversParentTypes['EventNotFound'] = ResolversParentTypes['EventNotFound']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type InvalidEventStateResolvers<ContextType = Context, ParentType extends ResolversParentTypes['InvalidEventState'] = ResolversParentTypes['InvalidEventState']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  cancelEvent?: Resolver<ResolversTypes['UpdateEventResult'], ParentType, ContextType, RequireFields<MutationCancelEventArgs, 'id'>>;
  createEvent?: Resolver<ResolversTypes['CreateEventPayload'], ParentType, ContextType, RequireFields<MutationCreateEventArgs, 'input'>>;
  deleteEvent?: Resolver<ResolversTypes['DeleteEventResult'], ParentType, ContextType, RequireFields<MutationDeleteEventArgs, 'id'>>;
  publishEvent?: Resolver<ResolversTypes['UpdateEventResult'], ParentType, ContextType, RequireFields<MutationPublishEventArgs, 'id'>>;
  updateEvent?: Resolver<ResolversTypes['UpdateEventResult'], ParentType, ContextType, RequireFields<MutationUpdateEventArgs, 'input'>>;
};

export type PageInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  event?: Resolver<Maybe<ResolversTypes['Event']>, ParentType, ContextType, RequireFields<QueryEventArgs, 'id'>>;
  events?: Resolver<ResolversTypes['EventConnection'], ParentType, ContextType, RequireFields<QueryEventsArgs, 'first' | 'sort'>>;
};

export type StaleVersionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['StaleVersion'] = ResolversParentTypes['StaleVersion']> = {
  current?: Resolver<ResolversTypes['Event'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export interface TimeZoneScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['TimeZone'], any> {
  name: 'TimeZone';
}

export type UpdateEventPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UpdateEventPayload'] = ResolversParentTypes['UpdateEventPayload']> = {
  event?: Resolver<ResolversTypes['Event'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type UpdateEventResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UpdateEventResult'] = ResolversParentTypes['UpdateEventResult']> = {
  __resolveType: TypeResolveFn<'EventNotFound' | 'InvalidEventState' | 'StaleVersion' | 'UpdateEventPayload', ParentType, ContextType>;
};

export type UserResolvers<ContextType = Context, ParentType extends ResolversParentTypes['User'] = ResolversParentTypes['User'], FederationReferenceType extends FederationReferenceTypes['User'] = FederationReferenceTypes['User']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['User']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  organizedEvents?: Resolver<ResolversTypes['EventConnection'], ParentType, ContextType, RequireFields<UserOrganizedEventsArgs, 'first'>>;
  recommendedEvents?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Event']>>, ParentType, ContextType, RequireFields<UserRecommendedEventsArgs, 'first'>>;
};

export type UserErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UserError'] = ResolversParentTypes['UserError']> = {
  __resolveType: TypeResolveFn<'EventNotFound' | 'InvalidEventState' | 'StaleVersion', ParentType, ContextType>;
};

export type Resolvers<ContextType = Context> = {
  CreateEventPayload?: CreateEventPayloadResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  DeleteEventPayload?: DeleteEventPayloadResolvers<ContextType>;
  DeleteEventResult?: DeleteEventResultResolvers<ContextType>;
  Event?: EventResolvers<ContextType>;
  EventConnection?: EventConnectionResolvers<ContextType>;
  EventEdge?: EventEdgeResolvers<ContextType>;
  EventNotFound?: EventNotFoundResolvers<ContextType>;
  InvalidEventState?: InvalidEventStateResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  StaleVersion?: StaleVersionResolvers<ContextType>;
  TimeZone?: GraphQLScalarType;
  UpdateEventPayload?: UpdateEventPayloadResolvers<ContextType>;
  UpdateEventResult?: UpdateEventResultResolvers<ContextType>;
  User?: UserResolvers<ContextType>;
  UserError?: UserErrorResolvers<ContextType>;
};


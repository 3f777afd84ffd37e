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
  /** RFC 3339 instant in UTC, e.g. 2026-12-31T19:30:00.000Z. */
  DateTime: { input: Date; output: Date; }
  /** IANA name, e.g. Europe/Berlin. */
  TimeZone: { input: string; output: string; }
  _FieldSet: { input: string; output: string; }
};

/** A new event. Texts are trimmed and hold no control characters. */
export type CreateEventInput = {
  /** Plain text, at most 10,000 characters; empty is as null. */
  readonly description?: InputMaybe<Scalars['String']['input']>;
  /** After startsAt. */
  readonly endsAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** At most 300 characters on one line; empty is as null. */
  readonly location?: InputMaybe<Scalars['String']['input']>;
  /** False keeps it a draft. */
  readonly publish?: Scalars['Boolean']['input'];
  /** For an event that is published it must be in the future, except for admins. */
  readonly startsAt: Scalars['DateTime']['input'];
  /** At most 20 of at most 40 characters; stored lower case, each once. */
  readonly tags?: ReadonlyArray<Scalars['String']['input']>;
  /** Of the place where it happens. */
  readonly timeZone?: Scalars['TimeZone']['input'];
  /** 1 to 200 characters on one line. */
  readonly title: Scalars['String']['input'];
};

/** The event is created. */
export type CreateEventPayload = {
  /** With version 1. */
  readonly event: Event;
};

/** The event is deleted. */
export type DeleteEventPayload = {
  /** Of the deleted event. */
  readonly id: Scalars['ID']['output'];
};

/** What deleteEvent answers. */
export type DeleteEventResult = DeleteEventPayload | EventNotFound;

/** Something to go to, at one time and place. A series is several events. */
export type Event = {
  /** When it was created. */
  readonly createdAt: Scalars['DateTime']['output'];
  /** Plain text, at most 10,000 characters. */
  readonly description: Maybe<Scalars['String']['output']>;
  /** After startsAt; null when nobody said. */
  readonly endsAt: Maybe<Scalars['DateTime']['output']>;
  /** Never changes. */
  readonly id: Scalars['ID']['output'];
  /** Where it happens, for people; at most 300 characters on one line. */
  readonly location: Maybe<Scalars['String']['output']>;
  /** Who created it. Null while it cannot be read. */
  readonly organizer: Maybe<User>;
  /** Published upcoming events most like this one, by content, best first; fewer than asked for when fewer are alike. Further dates of one organizer's show count once. */
  readonly related: ReadonlyArray<Event>;
  /** When it begins; sales end then. */
  readonly startsAt: Scalars['DateTime']['output'];
  /** CANCELLED also for an event that was deleted and is still referred to, e.g. by an order. */
  readonly status: EventStatus;
  /** Lower case, distinct, at most 20. */
  readonly tags: ReadonlyArray<Scalars['String']['output']>;
  /** Of the place where it happens; startsAt is shown in it. */
  readonly timeZone: Scalars['TimeZone']['output'];
  /** 1 to 200 characters on one line. */
  readonly title: Scalars['String']['output'];
  /** When it was last changed. */
  readonly updatedAt: Scalars['DateTime']['output'];
  /** Grows by one with each change; give it back as expectedVersion to refuse a lost update. */
  readonly version: Scalars['Int']['output'];
};


/** Something to go to, at one time and place. A series is several events. */
export type EventRelatedArgs = {
  first?: Scalars['Int']['input'];
};

/** A page of events. */
export type EventConnection = {
  /** In the order of the list. */
  readonly edges: ReadonlyArray<EventEdge>;
  /** How to go on. */
  readonly pageInfo: PageInfo;
};

/** An event in a list. */
export type EventEdge = {
  /** Give it as `after`, with the same filter and sort, to go on behind this event. */
  readonly cursor: Scalars['String']['output'];
  /** The event. */
  readonly node: Event;
};

/** Conditions that all hold; what is left out or null does not matter. */
export type EventFilter = {
  /** Events of this organizer; drafts too if that is the viewer, or the viewer is an admin. */
  readonly organizerId?: InputMaybe<Scalars['ID']['input']>;
  /** Starting at this instant or later. */
  readonly startsAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** Starting before this instant. */
  readonly startsBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** All of them, in any case; at most 20. */
  readonly tags?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Words in title, description, location and tags, at most 200 characters; typos and prefixes (from three letters) tolerated. Every word must be found. Changes made elsewhere are found within 5 s. */
  readonly text?: InputMaybe<Scalars['String']['input']>;
};

/** Also the answer when the event is not the viewer's to change. */
export type EventNotFound = UserError & {
  /** For people, in English, naming what to do next. */
  readonly message: Scalars['String']['output'];
  /** The argument that names the event. */
  readonly path: ReadonlyArray<Scalars['String']['output']>;
};

/** The order of a list of events. Events that are equal in it keep one order on all pages. */
export type EventSort =
  /** Most recently created first. */
  | 'NEWEST'
  /** Best match for filter.text first; without it as STARTS_AT_ASC. */
  | 'RELEVANCE'
  /** Soonest first. */
  | 'STARTS_AT_ASC'
  /** Latest first. */
  | 'STARTS_AT_DESC';

/** Where an event is in its life: DRAFT, then PUBLISHED, then perhaps CANCELLED; never back. */
export type EventStatus =
  /** Listed no more; every order of it is refunded. */
  | 'CANCELLED'
  /** Only its organizer and admins see it. */
  | 'DRAFT'
  /** Listed, and on sale until it starts. */
  | 'PUBLISHED';

/** The event's status does not allow it, e.g. publishing a cancelled event; nothing was written. */
export type InvalidEventState = UserError & {
  /** For people, in English, naming what to do next. */
  readonly message: Scalars['String']['output'];
  /** Always empty. */
  readonly path: ReadonlyArray<Scalars['String']['output']>;
};

export type Mutation = {
  /** Ends the sale, frees the holds and refunds every order. Safe to repeat; cannot be undone. */
  readonly cancelEvent: UpdateEventResult;
  /** Organizers and admins; the viewer becomes the event's organizer. Problems of the input are BAD_USER_INPUT, all of them in `extensions.issues`. */
  readonly createEvent: CreateEventPayload;
  /** Cancels, and removes it from every list. Orders of it stay readable. Safe to repeat; cannot be undone. */
  readonly deleteEvent: DeleteEventResult;
  /** Lists a draft and opens its sale. Safe to repeat. InvalidEventState when it is cancelled, or starts in the past and the viewer is no admin. */
  readonly publishEvent: UpdateEventResult;
  /** The event's organizer, or an admin. A field left out stays; null clears an optional one and is refused for the others. An update that changes nothing keeps the version. */
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
  /** Null when there is none, it was deleted, or it is a draft of someone else. */
  readonly event: Maybe<Event>;
  /** Published events. Pages neither skip nor repeat an event while others are added. */
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

/** The event was changed since expectedVersion; nothing was written. */
export type StaleVersion = UserError & {
  /** As it is now: show it, and try again with its version. */
  readonly current: Event;
  /** For people, in English, naming what to do next. */
  readonly message: Scalars['String']['output'];
  /** ["input", "expectedVersion"]. */
  readonly path: ReadonlyArray<Scalars['String']['output']>;
};

/** What changes. Limits are those of CreateEventInput. */
export type UpdateEventInput = {
  /** Null clears it. */
  readonly description?: InputMaybe<Scalars['String']['input']>;
  /** Null clears it. */
  readonly endsAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** The version the change is based on: with any other the answer is StaleVersion. Left out, the change applies to whatever is there. */
  readonly expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** The event's id. */
  readonly id: Scalars['ID']['input'];
  /** Null clears it. */
  readonly location?: InputMaybe<Scalars['String']['input']>;
  /** A published event's may not be moved into the past, except by admins. Null is refused. */
  readonly startsAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** Replaces all of them; [] clears them, null is refused. */
  readonly tags?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Null is refused. */
  readonly timeZone?: InputMaybe<Scalars['TimeZone']['input']>;
  /** Null is refused. */
  readonly title?: InputMaybe<Scalars['String']['input']>;
};

/** The event is as asked for. */
export type UpdateEventPayload = {
  /** After the change; unchanged when it was so already. */
  readonly event: Event;
};

/** What a change of an event answers. */
export type UpdateEventResult = EventNotFound | InvalidEventState | StaleVersion | UpdateEventPayload;

/** A person with an account. */
export type User = {
  /** Never changes. */
  readonly id: Scalars['ID']['output'];
  /** Published events of this organizer, by startsAt; drafts too for the organizer and admins. */
  readonly organizedEvents: EventConnection;
  /** Upcoming published events suggested by what this user bought; the best-selling ones for a new user. What was bought already is left out. The user and admins only, else null. */
  readonly recommendedEvents: Maybe<ReadonlyArray<Event>>;
};


/** A person with an account. */
export type UserOrganizedEventsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: Scalars['Int']['input'];
};


/** A person with an account. */
export type UserRecommendedEventsArgs = {
  first?: Scalars['Int']['input'];
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


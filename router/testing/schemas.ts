const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@authenticated", "@requiresScopes", "@tag", "@external", "@requires"])`;

/** Three small subgraphs with the shapes that matter to a router: entities across all three, protected fields, a resumable subscription. */
export const AUTH_SCHEMA = `${LINK}
  type User @key(fields: "id") { id: ID! @tag(name: "public") displayName: String! @tag(name: "public") email: String secret: String @requiresScopes(scopes: [["users:admin"]]) }
  type Query { me: User users: [User!]! @requiresScopes(scopes: [["users:admin"]]) whoAsks: String! }
  type Mutation {
    logIn(input: LogInInput!): Boolean!
    refreshSession: RefreshResult!
    logOut: Boolean!
  }
  type RefreshResult { refreshed: Boolean! }
  input LogInInput { email: String! password: String! }
`;

export const EVENTS_SCHEMA = `${LINK}
  type Event @key(fields: "id") {
    id: ID! @tag(name: "public")
    title: String! @tag(name: "public")
    organizer: User @tag(name: "public")
    mine: String
    draftNotes: String @authenticated
  }
  type User @key(fields: "id") { id: ID! @tag(name: "public") }
  type Query { events(count: Int! = 2): [Event!]! event(id: ID!): Event fails(code: String!): String stolenSession: Boolean secretEvents: [Event!] @authenticated }
  type Mutation { createEvent(title: String!): Event @requiresScopes(scopes: [["events:write"]]) }
`;

export const ORDERS_SCHEMA = `${LINK}
  type Event @key(fields: "id") { id: ID! @tag(name: "public") available: Int @tag(name: "public") }
  type Seat @tag(name: "public") { id: ID! status: String! }
  type SeatMapUpdate @tag(name: "public") { kind: String! event: Event version: Int! previousVersion: Int seats: [Seat!]! note(to: String): String }
  type Query { ping: String! seenHeaders: String! }
  type Mutation { purchase(key: String): String! @authenticated slowly: String! holdSeats: Event }
  type Subscription {
    seatMapChanged(eventId: ID!, sinceVersion: Int): SeatMapUpdate!
    ticks(upTo: Int!): Int!
    myTicks: Int! @authenticated
  }
`;

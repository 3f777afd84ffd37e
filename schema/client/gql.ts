/* eslint-disable */
import * as types from './graphql.ts';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "mutation SignUp($input: SignUpInput!) {\n  signUp(input: $input) {\n    __typename\n    ... on SignedIn {\n      user {\n        id\n        displayName\n        email\n      }\n      accessTokenExpiresAt\n    }\n    ... on UserError {\n      message\n      path\n    }\n  }\n}": typeof types.SignUpDocument,
    "mutation LogIn($input: LogInInput!) {\n  logIn(input: $input) {\n    __typename\n    ... on SignedIn {\n      user {\n        id\n        displayName\n      }\n    }\n    ... on UserError {\n      message\n    }\n  }\n}": typeof types.LogInDocument,
    "query ListEvents($filter: EventFilter, $first: Int!) {\n  events(filter: $filter, first: $first) {\n    edges {\n      node {\n        id\n        title\n        startsAt\n        timeZone\n        location\n        organizer {\n          displayName\n        }\n        availability {\n          available\n          total\n          soldOut\n        }\n        priceRange {\n          min {\n            amount\n            currency\n            decimals\n          }\n        }\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}": typeof types.ListEventsDocument,
    "subscription WatchSeats($eventId: ID!) {\n  seatMapChanged(eventId: $eventId) {\n    kind\n    version\n    previousVersion\n    seats {\n      seatId\n      status\n    }\n    event {\n      title\n    }\n  }\n}": typeof types.WatchSeatsDocument,
    "query SeatMap($eventId: ID!) {\n  event(id: $eventId) {\n    id\n    title\n    seatMap {\n      version\n      sections {\n        name\n        rows {\n          label\n          seatCount\n          firstNumber\n        }\n        price {\n          amount\n          currency\n          decimals\n        }\n      }\n      seats {\n        seatId\n        row\n        number\n        status\n      }\n    }\n  }\n}": typeof types.SeatMapDocument,
    "mutation HoldSeats($input: HoldSeatsInput!) {\n  holdSeats(input: $input) {\n    __typename\n    ... on HoldSeatsPayload {\n      hold {\n        id\n        status\n        expiresAt\n        expiresInSeconds\n        seats {\n          seatId\n        }\n        total {\n          amount\n          currency\n        }\n      }\n    }\n    ... on SeatsUnavailable {\n      message\n      conflicts {\n        seatId\n        reason\n      }\n    }\n    ... on UserError {\n      message\n    }\n  }\n}": typeof types.HoldSeatsDocument,
    "mutation RefreshHold($input: RefreshHoldInput!) {\n  refreshHold(input: $input) {\n    __typename\n    ... on RefreshHoldPayload {\n      hold {\n        id\n        expiresAt\n        expiresAtLatest\n      }\n    }\n    ... on UserError {\n      message\n    }\n  }\n}": typeof types.RefreshHoldDocument,
    "mutation CreatePaymentIntent($input: CreatePaymentIntentInput!) {\n  createPaymentIntent(input: $input) {\n    __typename\n    ... on CreatePaymentIntentPayload {\n      paymentIntent {\n        id\n        clientSecret\n        status\n        amount {\n          amount\n          currency\n        }\n      }\n    }\n    ... on UserError {\n      message\n    }\n  }\n}": typeof types.CreatePaymentIntentDocument,
    "mutation ConfirmPayment($input: ConfirmPaymentInput!) {\n  confirmPayment(input: $input) {\n    __typename\n    ... on ConfirmPaymentPayload {\n      paymentIntent {\n        id\n        status\n      }\n    }\n    ... on PaymentDeclined {\n      message\n      reason\n    }\n    ... on UserError {\n      message\n    }\n  }\n}": typeof types.ConfirmPaymentDocument,
    "mutation Purchase($input: PurchaseInput!) {\n  purchase(input: $input) {\n    __typename\n    ... on PurchasePayload {\n      replayed\n      order {\n        id\n        status\n        total {\n          amount\n          currency\n        }\n        tickets {\n          id\n          status\n          seat {\n            seatId\n            status\n          }\n        }\n        event {\n          title\n          startsAt\n        }\n      }\n    }\n    ... on OrderProcessing {\n      message\n      pendingOrder {\n        id\n        status\n      }\n    }\n    ... on UserError {\n      message\n      path\n    }\n  }\n}": typeof types.PurchaseDocument,
    "query MyOrders($first: Int!) {\n  me {\n    id\n    email\n    roles\n    orders(first: $first) {\n      edges {\n        node {\n          id\n          status\n          placedAt\n          event {\n            title\n          }\n          tickets {\n            seat {\n              seatId\n            }\n          }\n        }\n      }\n    }\n    recommendedEvents(first: 3) {\n      title\n    }\n    holds {\n      id\n    }\n  }\n}": typeof types.MyOrdersDocument,
    "mutation LogOut {\n  logOut {\n    endedSessions\n  }\n}": typeof types.LogOutDocument,
};
const documents: Documents = {
    "mutation SignUp($input: SignUpInput!) {\n  signUp(input: $input) {\n    __typename\n    ... on SignedIn {\n      user {\n        id\n        displayName\n        email\n      }\n      accessTokenExpiresAt\n    }\n    ... on UserError {\n      message\n      path\n    }\n  }\n}": types.SignUpDocument,
    "mutation LogIn($input: LogInInput!) {\n  logIn(input: $input) {\n    __typename\n    ... on SignedIn {\n      user {\n        id\n        displayName\n      }\n    }\n    ... on UserError {\n      message\n    }\n  }\n}": types.LogInDocument,
    "query ListEvents($filter: EventFilter, $first: Int!) {\n  events(filter: $filter, first: $first) {\n    edges {\n      node {\n        id\n        title\n        startsAt\n        timeZone\n        location\n        organizer {\n          displayName\n        }\n        availability {\n          available\n          total\n          soldOut\n        }\n        priceRange {\n          min {\n            amount\n            currency\n            decimals\n          }\n        }\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}": types.ListEventsDocument,
    "subscription WatchSeats($eventId: ID!) {\n  seatMapChanged(eventId: $eventId) {\n    kind\n    version\n    previousVersion\n    seats {\n      seatId\n      status\n    }\n    event {\n      title\n    }\n  }\n}": types.WatchSeatsDocument,
    "query SeatMap($eventId: ID!) {\n  event(id: $eventId) {\n    id\n    title\n    seatMap {\n      version\n      sections {\n        name\n        rows {\n          label\n          seatCount\n          firstNumber\n        }\n        price {\n          amount\n          currency\n          decimals\n        }\n      }\n      seats {\n        seatId\n        row\n        number\n        status\n      }\n    }\n  }\n}": types.SeatMapDocument,
    "mutation HoldSeats($input: HoldSeatsInput!) {\n  holdSeats(input: $input) {\n    __typename\n    ... on HoldSeatsPayload {\n      hold {\n        id\n        status\n        expiresAt\n        expiresInSeconds\n        seats {\n          seatId\n        }\n        total {\n          amount\n          currency\n        }\n      }\n    }\n    ... on SeatsUnavailable {\n      message\n      conflicts {\n        seatId\n        reason\n      }\n    }\n    ... on UserError {\n      message\n    }\n  }\n}": types.HoldSeatsDocument,
    "mutation RefreshHold($input: RefreshHoldInput!) {\n  refreshHold(input: $input) {\n    __typename\n    ... on RefreshHoldPayload {\n      hold {\n        id\n        expiresAt\n        expiresAtLatest\n      }\n    }\n    ... on UserError {\n      message\n    }\n  }\n}": types.RefreshHoldDocument,
    "mutation CreatePaymentIntent($input: CreatePaymentIntentInput!) {\n  createPaymentIntent(input: $input) {\n    __typename\n    ... on CreatePaymentIntentPayload {\n      paymentIntent {\n        id\n        clientSecret\n        status\n        amount {\n          amount\n          currency\n        }\n      }\n    }\n    ... on UserError {\n      message\n    }\n  }\n}": types.CreatePaymentIntentDocument,
    "mutation ConfirmPayment($input: ConfirmPaymentInput!) {\n  confirmPayment(input: $input) {\n    __typename\n    ... on ConfirmPaymentPayload {\n      paymentIntent {\n        id\n        status\n      }\n    }\n    ... on PaymentDeclined {\n      message\n      reason\n    }\n    ... on UserError {\n      message\n    }\n  }\n}": types.ConfirmPaymentDocument,
    "mutation Purchase($input: PurchaseInput!) {\n  purchase(input: $input) {\n    __typename\n    ... on PurchasePayload {\n      replayed\n      order {\n        id\n        status\n        total {\n          amount\n          currency\n        }\n        tickets {\n          id\n          status\n          seat {\n            seatId\n            status\n          }\n        }\n        event {\n          title\n          startsAt\n        }\n      }\n    }\n    ... on OrderProcessing {\n      message\n      pendingOrder {\n        id\n        status\n      }\n    }\n    ... on UserError {\n      message\n      path\n    }\n  }\n}": types.PurchaseDocument,
    "query MyOrders($first: Int!) {\n  me {\n    id\n    email\n    roles\n    orders(first: $first) {\n      edges {\n        node {\n          id\n          status\n          placedAt\n          event {\n            title\n          }\n          tickets {\n            seat {\n              seatId\n            }\n          }\n        }\n      }\n    }\n    recommendedEvents(first: 3) {\n      title\n    }\n    holds {\n      id\n    }\n  }\n}": types.MyOrdersDocument,
    "mutation LogOut {\n  logOut {\n    endedSessions\n  }\n}": types.LogOutDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation SignUp($input: SignUpInput!) {\n  signUp(input: $input) {\n    __typename\n    ... on SignedIn {\n      user {\n        id\n        displayName\n        email\n      }\n      accessTokenExpiresAt\n    }\n    ... on UserError {\n      message\n      path\n    }\n  }\n}"): (typeof documents)["mutation SignUp($input: SignUpInput!) {\n  signUp(input: $input) {\n    __typename\n    ... on SignedIn {\n      user {\n        id\n        displayName\n        email\n      }\n      accessTokenExpiresAt\n    }\n    ... on UserError {\n      message\n      path\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation LogIn($input: LogInInput!) {\n  logIn(input: $input) {\n    __typename\n    ... on SignedIn {\n      user {\n        id\n        displayName\n      }\n    }\n    ... on UserError {\n      message\n    }\n  }\n}"): (typeof documents)["mutation LogIn($input: LogInInput!) {\n  logIn(input: $input) {\n    __typename\n    ... on SignedIn {\n      user {\n        id\n        displayName\n      }\n    }\n    ... on UserError {\n      message\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query ListEvents($filter: EventFilter, $first: Int!) {\n  events(filter: $filter, first: $first) {\n    edges {\n      node {\n        id\n        title\n        startsAt\n        timeZone\n        location\n        organizer {\n          displayName\n        }\n        availability {\n          available\n          total\n          soldOut\n        }\n        priceRange {\n          min {\n            amount\n            currency\n            decimals\n          }\n        }\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}"): (typeof documents)["query ListEvents($filter: EventFilter, $first: Int!) {\n  events(filter: $filter, first: $first) {\n    edges {\n      node {\n        id\n        title\n        startsAt\n        timeZone\n        location\n        organizer {\n          displayName\n        }\n        availability {\n          available\n          total\n          soldOut\n        }\n        priceRange {\n          min {\n            amount\n            currency\n            decimals\n          }\n        }\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "subscription WatchSeats($eventId: ID!) {\n  seatMapChanged(eventId: $eventId) {\n    kind\n    version\n    previousVersion\n    seats {\n      seatId\n      status\n    }\n    event {\n      title\n    }\n  }\n}"): (typeof documents)["subscription WatchSeats($eventId: ID!) {\n  seatMapChanged(eventId: $eventId) {\n    kind\n    version\n    previousVersion\n    seats {\n      seatId\n      status\n    }\n    event {\n      title\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query SeatMap($eventId: ID!) {\n  event(id: $eventId) {\n    id\n    title\n    seatMap {\n      version\n      sections {\n        name\n        rows {\n          label\n          seatCount\n          firstNumber\n        }\n        price {\n          amount\n          currency\n          decimals\n        }\n      }\n      seats {\n        seatId\n        row\n        number\n        status\n      }\n    }\n  }\n}"): (typeof documents)["query SeatMap($eventId: ID!) {\n  event(id: $eventId) {\n    id\n    title\n    seatMap {\n      version\n      sections {\n        name\n        rows {\n          label\n          seatCount\n          firstNumber\n        }\n        price {\n          amount\n          currency\n          decimals\n        }\n      }\n      seats {\n        seatId\n        row\n        number\n        status\n      }\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation HoldSeats($input: HoldSeatsInput!) {\n  holdSeats(input: $input) {\n    __typename\n    ... on HoldSeatsPayload {\n      hold {\n        id\n        status\n        expiresAt\n        expiresInSeconds\n        seats {\n          seatId\n        }\n        total {\n          amount\n          currency\n        }\n      }\n    }\n    ... on SeatsUnavailable {\n      message\n      conflicts {\n        seatId\n        reason\n      }\n    }\n    ... on UserError {\n      message\n    }\n  }\n}"): (typeof documents)["mutation HoldSeats($input: HoldSeatsInput!) {\n  holdSeats(input: $input) {\n    __typename\n    ... on HoldSeatsPayload {\n      hold {\n        id\n        status\n        expiresAt\n        expiresInSeconds\n        seats {\n          seatId\n        }\n        total {\n          amount\n          currency\n        }\n      }\n    }\n    ... on SeatsUnavailable {\n      message\n      conflicts {\n        seatId\n        reason\n      }\n    }\n    ... on UserError {\n      message\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation RefreshHold($input: RefreshHoldInput!) {\n  refreshHold(input: $input) {\n    __typename\n    ... on RefreshHoldPayload {\n      hold {\n        id\n        expiresAt\n        expiresAtLatest\n      }\n    }\n    ... on UserError {\n      message\n    }\n  }\n}"): (typeof documents)["mutation RefreshHold($input: RefreshHoldInput!) {\n  refreshHold(input: $input) {\n    __typename\n    ... on RefreshHoldPayload {\n      hold {\n        id\n        expiresAt\n        expiresAtLatest\n      }\n    }\n    ... on UserError {\n      message\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation CreatePaymentIntent($input: CreatePaymentIntentInput!) {\n  createPaymentIntent(input: $input) {\n    __typename\n    ... on CreatePaymentIntentPayload {\n      paymentIntent {\n        id\n        clientSecret\n        status\n        amount {\n          amount\n          currency\n        }\n      }\n    }\n    ... on UserError {\n      message\n    }\n  }\n}"): (typeof documents)["mutation CreatePaymentIntent($input: CreatePaymentIntentInput!) {\n  createPaymentIntent(input: $input) {\n    __typename\n    ... on CreatePaymentIntentPayload {\n      paymentIntent {\n        id\n        clientSecret\n        status\n        amount {\n          amount\n          currency\n        }\n      }\n    }\n    ... on UserError {\n      message\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation ConfirmPayment($input: ConfirmPaymentInput!) {\n  confirmPayment(input: $input) {\n    __typename\n    ... on ConfirmPaymentPayload {\n      paymentIntent {\n        id\n        status\n      }\n    }\n    ... on PaymentDeclined {\n      message\n      reason\n    }\n    ... on UserError {\n      message\n    }\n  }\n}"): (typeof documents)["mutation ConfirmPayment($input: ConfirmPaymentInput!) {\n  confirmPayment(input: $input) {\n    __typename\n    ... on ConfirmPaymentPayload {\n      paymentIntent {\n        id\n        status\n      }\n    }\n    ... on PaymentDeclined {\n      message\n      reason\n    }\n    ... on UserError {\n      message\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation Purchase($input: PurchaseInput!) {\n  purchase(input: $input) {\n    __typename\n    ... on PurchasePayload {\n      replayed\n      order {\n        id\n        status\n        total {\n          amount\n          currency\n        }\n        tickets {\n          id\n          status\n          seat {\n            seatId\n            status\n          }\n        }\n        event {\n          title\n          startsAt\n        }\n      }\n    }\n    ... on OrderProcessing {\n      message\n      pendingOrder {\n        id\n        status\n      }\n    }\n    ... on UserError {\n      message\n      path\n    }\n  }\n}"): (typeof documents)["mutation Purchase($input: PurchaseInput!) {\n  purchase(input: $input) {\n    __typename\n    ... on PurchasePayload {\n      replayed\n      order {\n        id\n        status\n        total {\n          amount\n          currency\n        }\n        tickets {\n          id\n          status\n          seat {\n            seatId\n            status\n          }\n        }\n        event {\n          title\n          startsAt\n        }\n      }\n    }\n    ... on OrderProcessing {\n      message\n      pendingOrder {\n        id\n        status\n      }\n    }\n    ... on UserError {\n      message\n      path\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query MyOrders($first: Int!) {\n  me {\n    id\n    email\n    roles\n    orders(first: $first) {\n      edges {\n        node {\n          id\n          status\n          placedAt\n          event {\n            title\n          }\n          tickets {\n            seat {\n              seatId\n            }\n          }\n        }\n      }\n    }\n    recommendedEvents(first: 3) {\n      title\n    }\n    holds {\n      id\n    }\n  }\n}"): (typeof documents)["query MyOrders($first: Int!) {\n  me {\n    id\n    email\n    roles\n    orders(first: $first) {\n      edges {\n        node {\n          id\n          status\n          placedAt\n          event {\n            title\n          }\n          tickets {\n            seat {\n              seatId\n            }\n          }\n        }\n      }\n    }\n    recommendedEvents(first: 3) {\n      title\n    }\n    holds {\n      id\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation LogOut {\n  logOut {\n    endedSessions\n  }\n}"): (typeof documents)["mutation LogOut {\n  logOut {\n    endedSessions\n  }\n}"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;
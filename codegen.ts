import type { CodegenConfig } from '@graphql-codegen/cli';

const scalars = {
  DateTime: 'Date',
  EmailAddress: 'string',
  TimeZone: 'string',
  MinorUnits: 'number',
  CurrencyCode: 'string',
  SeatMapVersion: 'number',
  _FieldSet: 'string',
  ID: 'string',
};

function subgraph(name: string, mappers: Record<string, string>): CodegenConfig['generates'] {
  return {
    [`subgraphs/${name}/schema.generated.ts`]: {
      schema: `subgraphs/${name}/schema.graphql`,
      plugins: ['typescript', 'typescript-resolvers'],
      config: {
        federation: true,
        useTypeImports: true,
        enumsAsTypes: true,
        immutableTypes: true,
        importExtension: '.ts',
        contextType: './context.ts#Context',
        strictScalars: true,
        scalars,
        mappers,
        inputMaybeValue: 'T | null | undefined',
        maybeValue: 'T | null',
        avoidOptionals: { field: true, inputValue: false, defaultValue: false },
        skipTypename: true,
      },
    },
  };
}

const config: CodegenConfig = {
  generates: {
    ...subgraph('auth', {
      User: './domain/user.ts#User as UserModel',
      Session: './domain/session.ts#ListedSession as SessionModel',
      SignedIn: './domain/outcomes.ts#SignedIn as SignedInOutcome',
      EmailTaken: './domain/outcomes.ts#EmailTaken as EmailTakenOutcome',
      InvalidCredentials: './domain/outcomes.ts#InvalidCredentials as InvalidCredentialsOutcome',
      SessionExpired: './domain/outcomes.ts#SessionExpired as SessionExpiredOutcome',
      ChangePasswordPayload: './domain/outcomes.ts#PasswordChanged as PasswordChangedOutcome',
    }),
    ...subgraph('events', {
      Event: './domain/event.ts#Event as EventModel',
      User: './domain/event.ts#UserKey as UserKeyModel',
      UpdateEventPayload: './domain/outcomes.ts#EventChanged as EventChangedOutcome',
      DeleteEventPayload: './domain/outcomes.ts#EventDeleted as EventDeletedOutcome',
      EventNotFound: './domain/outcomes.ts#EventNotFound as EventNotFoundOutcome',
      StaleVersion: './domain/outcomes.ts#StaleVersion as StaleVersionOutcome',
      InvalidEventState: './domain/outcomes.ts#InvalidEventState as InvalidEventStateOutcome',
    }),
    ...subgraph('orders', {
      Event: './domain/entity-keys.ts#EventKey as EventKeyModel',
      User: './domain/entity-keys.ts#UserKey as UserKeyModel',
      Money: '../../kit/values/money.ts#Money as MoneyModel',
      Seat: './domain/seat.ts#SeatView as SeatModel',
      SeatMap: './domain/seat.ts#SeatMapView as SeatMapModel',
      SeatSection: './domain/seating-plan.ts#PlanSection as PlanSectionModel',
      Hold: './domain/hold.ts#Hold as HoldModel',
      PaymentIntent: './domain/payment-intent.ts#PaymentIntent as PaymentIntentModel',
      Order: './domain/order.ts#Order as OrderModel',
      Ticket: './domain/order.ts#Ticket as TicketModel',
      SeatMapUpdate: './domain/seat-map.ts#SeatMapUpdate as SeatMapUpdateModel',
      HoldSeatsResult: './domain/outcomes.ts#HoldSeatsOutcome',
      RefreshHoldResult: './domain/outcomes.ts#RefreshHoldOutcome',
      CreatePaymentIntentResult: './domain/outcomes.ts#CreatePaymentIntentOutcome',
      ConfirmPaymentResult: './domain/outcomes.ts#ConfirmPaymentOutcome',
      PurchaseResult: './domain/outcomes.ts#PurchaseOutcome',
      ConfigureSeatingResult: './domain/outcomes.ts#ConfigureSeatingOutcome',
      RefundOrderResult: './domain/outcomes.ts#RefundOrderOutcome',
      CheckInResult: './domain/outcomes.ts#CheckInOutcome',
      SalesReport: './domain/sales.ts#SalesReport as SalesReportModel',
      ReconciliationDifference: './domain/audit.ts#Difference as DifferenceModel',
    }),
    // The typed client of the sample operations: what a front end gets with the same few lines and its own documents.
    'schema/client/': {
      preset: 'client',
      schema: 'schema/api.graphql',
      documents: 'schema/operations/*.graphql',
      presetConfig: { fragmentMasking: false },
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        importExtension: '.ts',
        emitLegacyCommonJSImports: false,
        scalars: {
          DateTime: 'string',
          EmailAddress: 'string',
          TimeZone: 'string',
          MinorUnits: 'number',
          CurrencyCode: 'string',
          SeatMapVersion: 'number',
        },
      },
    },
  },
};

// oxlint-disable-next-line import/no-default-export -- the codegen CLI loads a default export
export default config;

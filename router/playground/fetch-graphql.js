import { getOperationAST, OperationTypeNode, parse } from 'graphql';
import { createClient } from 'graphql-ws';
import { fillIn, rememberAnswer } from './answers.ts';

const url = '/graphql';
const socket = createClient({
  url: () => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${url}`,
  // An expired session closes the socket; on the way back the router refreshes it.
  retryAttempts: 20,
  shouldRetry: () => true,
});

/** Queries and mutations over HTTP, with the session cookies; subscriptions over WebSocket, where the browser sends them by itself. */
export function fetchGraphql({ query, operationName, variables }, options) {
  const document = parse(query);
  // Right after another tab was opened GraphiQL still names the operation of the one before.
  const named = getOperationAST(document, operationName ?? undefined);
  const operation = named ?? getOperationAST(document, undefined);
  const parameters = {
    query,
    ...(named && operationName ? { operationName } : {}),
    // The sample tabs name what the tabs before them brought, e.g. "{{hold.id}}".
    ...(variables ? { variables: fillIn(variables) } : {}),
  };
  return operation?.operation === OperationTypeNode.SUBSCRIPTION ? socket.iterate(parameters) : post(parameters, options?.headers);
}

async function post(parameters, headers) {
  const response = await fetch(url, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
    body: JSON.stringify(parameters),
  });
  const answer = await response.json();
  rememberAnswer(answer);
  return answer;
}

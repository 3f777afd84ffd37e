import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../tests/harness/fresh.ts';
import { openRaw } from '../tests/router/raw-connection.ts';
import type { World } from './testing/world.ts';
import { startWorld } from './testing/world.ts';

const admin = { userId: 'u-admin', sid: 's-admin', roles: ['ADMIN'] } as const;
const attendee = { userId: 'u-att', sid: 's-att', roles: ['ATTENDEE'] } as const;
const organizer = { userId: 'u-org', sid: 's-org', roles: ['ORGANIZER'] } as const;

describe('the router over HTTP', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.close());

  describe('composing answers', () => {
    it('joins three subgraphs in one', async () => {
      const { data, errors } = await world.ask(
        'query($n: Int!) { events(count: $n) { id title available organizer { id displayName } } }',
        { variables: { n: 1 } },
      );
      expect(errors).toEqual([]);
      expect(data).toEqual({ events: [{ id: 'e0', title: 'Event e0', available: 48, organizer: { id: 'u0', displayName: 'User u0' } }] });
    });

    it('keeps aliases, fragments and conditions apart', async () => {
      const query =
        'query($no: Boolean!) { a: event(id: "e1") { ...F } b: event(id: "e2") { id available @include(if: $no) } } fragment F on Event { title who: organizer { displayName } }';
      const { data, errors } = await world.ask(query, { variables: { no: false } });
      expect(errors).toEqual([]);
      expect(data).toEqual({ a: { title: 'Event e1', who: { displayName: 'User u1' } }, b: { id: 'e2' } });
    });

    it('gives many objects of one representation the same answer', async () => {
      const { data } = await world.ask('{ events(count: 20) { organizer { displayName } } }');
      expect(data?.['events']).toEqual(Array.from({ length: 20 }, (_, index) => ({ organizer: { displayName: `User u${index % 2}` } })));
    });

    it('answers the introspection query of tools', async () => {
      const { data, errors } = await world.ask(getIntrospectionQuery());
      expect(errors).toEqual([]);
      expect(JSON.stringify(data)).not.toMatch(/join__|_Entity|_service/);
    });

    it('forwards the idempotency key and its own request id, and nothing else of the client', async () => {
      const { data, headers } = await world.ask('{ seenHeaders }', {
        headers: { 'idempotency-key': 'k-1', 'x-request-id': 'chosen', 'x-seatgraph-identity': 'forged' },
      });
      expect(JSON.parse(String(data?.['seenHeaders']))).toEqual({ requestId: headers.get('x-request-id'), key: 'k-1' });
      expect(headers.get('x-request-id')).toMatch(/^req_/);
    });

    it('forwards an idempotency key that is too long as one that is too long, so that it is refused and not ignored', async () => {
      const { data } = await world.ask('{ seenHeaders }', { headers: { 'idempotency-key': 'k'.repeat(8_000) } });
      const { key } = JSON.parse(String(data?.['seenHeaders'])) as { key: string };
      expect(key).toHaveLength(1_000);
    });
  });

  describe('errors', () => {
    it.each(['BAD_USER_INPUT', 'NOT_FOUND'])('pass %s through with message, path and issues only', async (code) => {
      const { errors } = await world.ask('query($code: String!) { oops: fails(code: $code) }', { variables: { code } });
      expect(errors).toEqual([
        { message: 'Told by events.', path: ['oops'], extensions: { code, issues: [{ path: ['x'], message: 'is odd' }] } },
      ]);
    });

    it('have a request id, also where the request is refused before it is one of GraphQL', async () => {
      const answers = await Promise.all([
        world.ask('{ ping }', { headers: { origin: 'https://evil.test' } }),
        world.ask('', { body: '{"query":' }),
        world.ask('', { body: JSON.stringify({ query: `{ ping } #${'x'.repeat(110_000)}` }) }),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([403, 400, 413]);
      const ids = answers.map(({ headers }) => headers.get('x-request-id'));
      for (const id of ids) expect(id).toMatch(/^req_/);
      expect(new Set(ids).size).toBe(3);
    });

    it('mask what nobody meant for clients', async () => {
      const { errors, text, headers } = await world.ask('{ fails(code: "unknown") ping }');
      expect(errors).toEqual([
        {
          message: 'Something went wrong on our side.',
          path: ['fails'],
          extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: headers.get('x-request-id') },
        },
      ]);
      expect(text).toContain('"ping":"pong"');
      expect(text).not.toMatch(/hunter2|10\.0\.0\.1|serviceName/);
    });

    it.each([
      ['{ nope }', 400, 'GRAPHQL_VALIDATION_FAILED'],
      ['{ events', 400, 'GRAPHQL_PARSE_FAILED'],
      ['{ ping } { ping }', 400, 'GRAPHQL_VALIDATION_FAILED'],
      ['query A { ping } query B { ping }', 400, 'OPERATION_RESOLUTION_FAILURE'],
      ['query($id: ID!) { event(id: $id) { id } }', 400, 'BAD_USER_INPUT'],
      ['subscription { ticks(upTo: 1) }', 400, 'BAD_REQUEST'],
      ['mutation { a: slowly b: slowly }', 400, 'GRAPHQL_VALIDATION_FAILED'],
      [`{ ${'events { organizer { '.repeat(1)} ${'id '.repeat(2_100)} } } }`, 400, 'GRAPHQL_PARSE_FAILED'],
    ])('%# refuse before planning', async (query, status, code) => {
      const answer = await world.ask(query);
      expect(answer.status).toBe(status);
      expect(answer.errors[0]?.extensions['code']).toBe(code);
      expect(answer.data).toBeUndefined();
    });

    it.each([
      'query($value: Boolean = true) { ping @include(if: $value) }',
      'query($value: Boolean = false) { events { ...F } } fragment F on Event { id @skip(if: $value) }',
      'query($value: Int = 2) { events(count: $value) { id } }',
      'mutation($value: String = "x") { logIn(input: { email: $value, password: "x" }) }',
      'mutation($value: LogInInput = { email: "x", password: "x" }) { logIn(input: $value) }',
    ])('say that a variable may not be null where its default stands for a value that may not: %s', async (query) => {
      const { status, data, errors } = await world.ask(query, { variables: { value: null } });
      expect({ status, data, code: errors[0]?.extensions['code'] }).toEqual({ status: 400, data: undefined, code: 'BAD_USER_INPUT' });
      expect(errors[0]?.message).toBe('Variable "$value" must not be null here.');
    });

    it('let a variable be null where null may stand', async () => {
      const skipped = 'query($value: Int = 2, $more: Boolean = false) { ping ... @include(if: $more) { events(count: $value) { id } } }';
      expect((await world.ask(skipped, { variables: { value: null } })).data).toEqual({ ping: 'pong' });
      const query = 'mutation A($value: String = "x") { purchase(key: $value) } query B($value: String = "x") { fails(code: $value) }';
      const { errors } = await world.ask('', { body: JSON.stringify({ query, operationName: 'A', variables: { value: null } }) });
      expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    });

    it('refuse small queries that stand for enormous ones at once, without harm to others', async () => {
      const levels = Array.from({ length: 20 }, (_, level) => `fragment F${level} on Query { ...F${level + 1} ...F${level + 1} }`).join(
        ' ',
      );
      const nasty = [
        `{ ...F0 } ${levels} fragment F20 on Query { ping }`,
        `{ ${Array.from({ length: 10_000 }, (_, index) => `a${index}: ping`).join(' ')} }`,
        `{ ${'event { '.repeat(10_000)} id ${'}'.repeat(10_000)} }`,
        `{ ${Array.from({ length: 1_500 }, (_, index) => `x${index}`).join(' ')} }`,
        `{ ping(a: ${'['.repeat(20_000)}`,
        `{ ping ${'@skip(if: false) '.repeat(300)} }`,
      ];
      for (const query of nasty) {
        const started = performance.now();
        const answer = await world.ask(query);
        // Too many, or too large.
        expect([400, 413]).toContain(answer.status);
        expect(answer.errors.length).toBeLessThanOrEqual(6);
        // What is enormous about them would take minutes. How fast they are refused, `bench:nasty-queries` measures.
        expect(performance.now() - started).toBeLessThan(5_000);
      }
      expect((await world.ask('{ ping }')).data).toEqual({ ping: 'pong' });
    });

    it('refuse bodies that are too large, no JSON, or a batch', async () => {
      const large = await world.ask('', { body: JSON.stringify({ query: `{ ping } #${'x'.repeat(110_000)}` }) });
      const garbled = await world.ask('', { body: '{"query":' });
      const batch = await world.ask('', { body: '[{"query":"{ ping }"},{"query":"{ ping }"}]' });
      expect([large.status, garbled.status, batch.status]).toEqual([413, 400, 400]);
      expect(large.errors[0]?.extensions['code']).toBe('BAD_REQUEST');
      expect(garbled.text).not.toContain('position');
    });
  });

  describe('rights', () => {
    const cookie = async (claims: typeof admin | typeof attendee | typeof organizer): Promise<Record<string, string>> => ({
      cookie: await world.cookieFor(claims),
    });
    const callsOf = (name: string): number => world.calls.filter((call) => call.name === name).length;

    it('keep forbidden fields from ever reaching a subgraph', async () => {
      const before = [callsOf('users'), callsOf('createEvent'), callsOf('secretEvents')];
      const anonymous = await world.ask('{ everybody: users { id } ping }');
      expect(anonymous.errors).toEqual([{ message: 'Sign in first.', path: ['everybody'], extensions: { code: 'UNAUTHENTICATED' } }]);
      expect(anonymous.data).toBeNull();
      const mutation = await world.ask('mutation { ...M } fragment M on Mutation { createEvent(title: "x") { id } }', {
        headers: await cookie(attendee),
      });
      expect(mutation.errors).toEqual([{ message: 'You may not do this.', path: ['createEvent'], extensions: { code: 'FORBIDDEN' } }]);
      expect(mutation.data).toEqual({ createEvent: null });
      const partial = await world.ask('{ secretEvents { id } ping }');
      expect(partial.data).toEqual({ secretEvents: null, ping: 'pong' });
      expect([callsOf('users'), callsOf('createEvent'), callsOf('secretEvents')]).toEqual(before);
    });

    it('protect nested fields, and say where', async () => {
      const { data, errors } = await world.ask('{ event(id: "e1") { title organizer { displayName secret } draftNotes } }', {
        headers: await cookie(attendee),
      });
      expect(data).toEqual({ event: { title: 'Event e1', organizer: { displayName: 'User u1', secret: null }, draftNotes: 'notes' } });
      expect(errors).toEqual([
        { message: 'You may not do this.', path: ['event', 'organizer', 'secret'], extensions: { code: 'FORBIDDEN' } },
      ]);
    });

    it('ask for an object whose every field is forbidden, so that it is not taken for missing', async () => {
      const { data } = await world.ask('{ event(id: "e1") { draftNotes } }');
      expect(data).toEqual({ event: { draftNotes: null } });
    });

    it('do not mind fields that a condition leaves out', async () => {
      const query = 'query($all: Boolean!) { ping users @include(if: $all) { id } }';
      expect((await world.ask(query, { variables: { all: false } })).errors).toEqual([]);
      expect((await world.ask(query, { variables: { all: true } })).errors[0]?.extensions['code']).toBe('UNAUTHENTICATED');
    });

    it('let through who has the scope', async () => {
      expect((await world.ask('{ users { id } }', { headers: await cookie(admin) })).data).toEqual({ users: [] });
      const created = await world.ask('mutation($t: String!) { createEvent(title: $t) { title organizer { displayName } } }', {
        variables: { t: 'New' },
        headers: await cookie(organizer),
      });
      expect(created.data).toEqual({ createEvent: { title: 'New', organizer: { displayName: 'User u1' } } });
    });
  });

  describe('origins', () => {
    const post = (headers: Record<string, string>) => world.ask('{ ping }', { headers });

    it('refuse pages of other sites, and requests that a form could send', async () => {
      expect((await post({ origin: 'https://evil.test' })).status).toBe(403);
      expect((await post({ origin: 'null' })).status).toBe(403);
      expect((await post({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
      const form = await fetch(`${world.origin}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'text/plain' },
        body: '{"query":"{ ping }"}',
      });
      expect(form.status).toBe(400);
      const get = await fetch(`${world.origin}/graphql?query=${encodeURIComponent('{ ping }')}`);
      expect(get.status).toBe(400);
    });

    it('answer listed origins with credentials, and the preflight', async () => {
      const listed = await post({ origin: 'https://app.test', 'sec-fetch-site': 'cross-site' });
      expect(listed.data).toEqual({ ping: 'pong' });
      expect(listed.headers.get('access-control-allow-origin')).toBe('https://app.test');
      expect(listed.headers.get('access-control-allow-credentials')).toBe('true');
      const preflight = (origin: string) =>
        fetch(`${world.origin}/graphql`, {
          method: 'OPTIONS',
          headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
        });
      expect((await preflight('https://app.test')).headers.get('access-control-allow-headers')).toContain('content-type');
      expect((await preflight('https://evil.test')).headers.get('access-control-allow-origin')).toBeNull();
    });

    it('count the router itself as listed, never the Host header', async () => {
      expect((await post({ origin: world.origin })).status).toBe(200);
      expect((await post({ origin: world.origin.replace('127.0.0.1', 'rebound.test') })).status).toBe(403);
    });

    it('let a GET query through that proves a preflight, and refuse a GET mutation', async () => {
      const get = (query: string) =>
        fetch(`${world.origin}/graphql?query=${encodeURIComponent(query)}`, { headers: { 'apollo-require-preflight': 'yes' } });
      expect(await (await get('{ ping }')).json()).toEqual({ data: { ping: 'pong' } });
      expect((await get('mutation { slowly }')).status).toBe(405);
    });

    it('take an empty operation name for none, in a GET as well', async () => {
      const body = (query: string): string => JSON.stringify({ query, operationName: '' });
      expect(await world.ask('', { body: body('query Named { ping }') })).toMatchObject({ status: 200, data: { ping: 'pong' } });
      expect((await world.ask('', { body: body('query A { ping } query B { ping }') })).errors).toMatchObject([
        { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } },
      ]);
      const get = (query: string) =>
        fetch(`${world.origin}/graphql?operationName=&query=${encodeURIComponent(query)}`, {
          headers: { 'apollo-require-preflight': '1' },
        });
      expect((await get('{ ping }')).status).toBe(200);
      expect((await get('mutation { slowly }')).status).toBe(405);
      expect(world.calls.filter((call) => call.name === 'slowly')).toEqual([]);
    });

    it('send security headers with everything', async () => {
      const { headers } = await post({});
      expect(headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-powered-by')).toBeNull();
    });
  });

  it('says in one line that the Playground is not built', async () => {
    const response = await fetch(`${world.origin}/graphql`, { headers: { accept: 'text/html' } });
    expect(response.status).toBe(503);
    expect(await response.text()).toMatch(/^The Playground is not built: .*\n$/);
  });

  it('is healthy, and ready while its subgraphs answer', async () => {
    const get = async (path: string): Promise<unknown> => (await fetch(`${world.origin}${path}`)).json();
    expect(await get('/health')).toEqual({ status: 'ok' });
    expect(await get('/auth/health')).toEqual({ status: 'ok', subgraph: 'auth' });
    expect(await get('/readyz')).toEqual({ status: 'ok', redis: 'ok', missing: [] });
    expect((await fetch(`${world.origin}/nobody/health`)).status).toBe(404);
  });
});

describe('a client that reads nothing', () => {
  it('is given up, and with it the answer that was kept for it', async () => {
    const world = await startWorld({ settings: { subgraphs: { queryDeadlineMs: 5_000 } } });
    try {
      const { httpServer } = world.router;
      // What takes a minute, in less.
      httpServer.timeout /= 20;
      const client = await openRaw(world.origin);
      client.pause();
      const body = JSON.stringify({ query: '{ events(count: 50000) { id title a: title b: title c: title d: title } }' });
      client.write(`POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
      await eventually('an answer waits to be read', () => world.unsentBytes() > 100_000, 4_000);
      expect(await eventually('it is dropped', () => world.unsentBytes() === 0, 8_000)).toBe(true);
      client.destroy();
    } finally {
      await world.close();
    }
  }, 20_000);
});

describe('a router in production', () => {
  it('tells nothing of the schema', async () => {
    const world = await startWorld({ settings: { introspection: false, hideSchemaDetails: true, playground: false } });
    try {
      expect((await world.ask('{ __schema { types { name } } }')).errors[0]?.extensions['code']).toBe('GRAPHQL_VALIDATION_FAILED');
      const typo = await world.ask('{ pin }');
      expect(typo.errors[0]?.message).toMatch(/Cannot query field/);
      expect(typo.text).not.toContain('Did you mean');
      const input = await world.ask('mutation($i: LogInInput!) { logIn(input: $i) }', {
        variables: { i: { emial: 'x', email: 'a', password: 'b' } },
      });
      expect(input.errors[0]?.extensions['code']).toBe('BAD_USER_INPUT');
      expect(input.text).not.toContain('Did you mean');
      expect((await fetch(`${world.origin}/graphql`, { headers: { accept: 'text/html' } })).status).toBe(404);
    } finally {
      await world.close();
    }
  });
});

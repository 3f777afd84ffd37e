import { describe, expect, it } from 'vitest';
import { isStreamPreferred } from './stream-request.ts';

describe('a stream', () => {
  it.each([
    'text/event-stream',
    'Text/Event-Stream; charset=utf-8',
    'text/event-stream;q=0.5',
    'text/event-stream, application/json',
    'text/event-stream, */*;q=0.1',
    'application/json;q=0.5, text/event-stream',
    'application/json;q=0.4,text/event-stream;q=0.5',
    'application/json;q=0, text/event-stream;q=0.1',
    'text/html, text/event-stream;q=0.5',
    'application/json;profile="a b";q=0.2, text/event-stream;q=0.3',
  ])('is what is wanted most: %s', (accept) => {
    expect(isStreamPreferred(accept)).toBe(true);
  });

  it.each([
    undefined,
    '',
    '*/*',
    'application/json',
    'text/event-streams',
    'text/event-stream;q=0',
    'text/event-stream;q=0.000',
    'text/event-stream;q=0.5, application/json',
    'text/event-stream; Q=0.9 , application/graphql-response+json',
    'text/event-stream;q=0.5, */*',
    'text/event-stream;q=0.5, application/*;q=0.6',
    'application/json, text/event-stream',
    'application/json;q=0.5, text/event-stream;q=0.5',
  ])('is not what is wanted most: %s', (accept) => {
    expect(isStreamPreferred(accept)).toBe(false);
  });
});

/** What a browser does: keeps the cookies it is given and sends them back. */
export type GraphqlAnswer<Data = Record<string, never>> = {
  readonly data?: Data | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions?: Record<string, unknown>;
  }[];
};

export type GraphqlClient = {
  /** The whole answer, errors included. */
  readonly request: <Data>(
    query: string,
    variables?: Record<string, unknown>,
    headers?: Record<string, string>,
  ) => Promise<GraphqlAnswer<Data>>;
  /** The data; throws when there are errors. */
  readonly data: <Data>(query: string, variables?: Record<string, unknown>, headers?: Record<string, string>) => Promise<Data>;
  /** As a Cookie header. */
  readonly cookies: () => string;
  readonly setCookie: (name: string, value: string | null) => void;
};

export function createGraphqlClient(endpoint: string): GraphqlClient {
  const jar = new Map<string, string>();

  const cookies = (): string => Array.from(jar, ([name, value]) => `${name}=${value}`).join('; ');

  function keep(setCookies: readonly string[]): void {
    for (const header of setCookies) {
      const [pair = '', ...attributes] = header.split(';');
      const at = pair.indexOf('=');
      const [name, value] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
      const expired = attributes.some(
        (attribute) => /^\s*max-age=0\s*$/i.test(attribute) || /^\s*expires=Thu, 01 Jan 1970/i.test(attribute),
      );
      if (expired || value === '') jar.delete(name);
      else jar.set(name, value);
    }
  }

  async function request<Data>(
    query: string,
    variables: Record<string, unknown> = {},
    headers: Record<string, string> = {},
  ): Promise<GraphqlAnswer<Data>> {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(jar.size > 0 ? { cookie: cookies() } : {}), ...headers },
      body: JSON.stringify({ query, variables }),
    });
    keep(response.headers.getSetCookie());
    // The caller names the shape that its own query asks for.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return (await response.json()) as GraphqlAnswer<Data>;
  }

  return {
    request,
    data: async <Data>(query: string, variables?: Record<string, unknown>, headers?: Record<string, string>): Promise<Data> => {
      const answer = await request<Data>(query, variables, headers);
      if (answer.errors || answer.data == null) throw new Error(`The operation failed: ${JSON.stringify(answer.errors)}`);
      return answer.data;
    },
    cookies,
    setCookie: (name, value) => void (value === null ? jar.delete(name) : jar.set(name, value)),
  };
}

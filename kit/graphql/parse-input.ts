import type { z } from 'zod';
import { badUserInput } from './errors.ts';

/**
 * The door from a client's input to our types: every problem is reported at once, each with the path of its field.
 * `root` is the argument's name, e.g. `input`, so that paths read as the client wrote them.
 */
export function parseInput<Schema extends z.ZodType>(schema: Schema, value: unknown, root?: string): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw badUserInput(
    result.error.issues.map((issue) => ({
      path: [...(root === undefined ? [] : [root]), ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))],
      message: issue.message,
    })),
  );
}

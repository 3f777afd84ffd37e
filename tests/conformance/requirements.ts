import type { Document } from 'mongodb';

/** What the server under test is. */
export interface Server {
  version: string;
  topology: 'replicaset' | 'single';
}

function compareVersions(left: string, right: string): number {
  const [a, b] = [left.split('.').map(Number), right.split('.').map(Number)];
  for (let part = 0; part < 3; part += 1) {
    const difference = (a[part] ?? 0) - (b[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function unmet(requirement: Document, { version, topology }: Server): string | undefined {
  const { minServerVersion, maxServerVersion, topologies, auth, serverless, csfle, serverParameters } = requirement;
  if (minServerVersion && compareVersions(version, minServerVersion) < 0) return `needs server ${minServerVersion} or later`;
  if (maxServerVersion && compareVersions(version, maxServerVersion) > 0) return `needs server ${maxServerVersion} or earlier`;
  if (Array.isArray(topologies) && !topologies.includes(topology)) return `needs topology ${topologies.join(' or ')}`;
  if (auth === true) return 'needs authentication';
  if (serverless === 'require') return 'needs serverless';
  if (csfle !== undefined && csfle !== false) return 'needs client-side encryption';
  if (serverParameters !== undefined) return 'needs server parameters';
  return undefined;
}

/** One of the alternatives must hold. Gives why none does. */
export function skipReason(requirements: unknown, server: Server): string | undefined {
  if (!Array.isArray(requirements)) return undefined;
  const reasons = requirements.map((requirement: Document) => unmet(requirement, server));
  return reasons.includes(undefined) ? undefined : reasons[0];
}

/** A client that reads from a secondary waits for one in vain on a set of one member. */
export function needsSecondary(test: Document): boolean {
  return (test['operations'] as Document[]).some(
    ({ name, arguments: args }) =>
      name === 'createEntities' &&
      (args['entities'] as Document[]).some(({ client }) => client?.['uriOptions']?.['readPreference'] === 'secondary'),
  );
}

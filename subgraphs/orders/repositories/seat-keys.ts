/** Every Redis key of the inventory. The braces are part of the keys: they keep an event in one Cluster slot. */
export const seatKeys = {
  hold: (eventId: string, seatId: string): string => `hold:{${eventId}}:${seatId}`,
  holdDetails: (eventId: string, holdId: string): string => `hold-details:{${eventId}}:${holdId}`,
  holdDeadlines: (eventId: string): string => `hold-deadlines:{${eventId}}`,
  holdEvents: (): string => 'hold-events',
  userHolds: (eventId: string, userId: string): string => `user-holds:{${eventId}}:${userId}`,
  userHoldIds: (userId: string): string => `user-hold-ids:${userId}`,
  seatShown: (eventId: string): string => `seat-shown:{${eventId}}`,
  seatChanges: (eventId: string): string => `seat-changes:{${eventId}}`,
};

/** The event a `seat-changes` or `hold` key belongs to; null for any other key. */
export function eventOfSeatKey(key: string): string | null {
  return /^(?:seat-changes|hold):\{(?<eventId>[^}]+)\}/.exec(key)?.groups?.['eventId'] ?? null;
}

/** A member of `hold-deadlines`: it must say whose hold ended, or a late sweep would end a stranger's. */
export const deadlineMember = (seatId: string, holdId: string): string => `${seatId}|${holdId}`;

export function parseDeadlineMember(member: string): { seatId: string; holdId: string } {
  const at = member.lastIndexOf('|');
  return { seatId: member.slice(0, at), holdId: member.slice(at + 1) };
}

/** What a calendar needs to know of an event. */
export type CalendarEvent = {
  readonly eventId: string;
  readonly title: string;
  readonly startsAt: Date;
  readonly endsAt: Date | null;
  readonly location: string | null;
  readonly writtenAt: Date;
};

const ASSUMED_HOURS = 2;
const LINE_OCTETS_MAX = 75;

/** RFC 5545, 3.3.11: TEXT. */
const text = (value: string): string =>
  value
    .replaceAll('\\', '\\\\')
    .replaceAll(';', '\\;')
    .replaceAll(',', '\\,')
    .replaceAll(/\r\n|\r|\n/g, '\\n');

/** RFC 5545, 3.3.5, form 2: UTC. Every calendar shows it in its owner's own time. */
const utc = (at: Date): string => at.toISOString().replaceAll(/[-:]|\.\d{3}/g, '');

/** RFC 5545, 3.1: lines of at most 75 octets, continued with a space; never in the middle of a character. */
function fold(line: string): string {
  const parts: string[] = [];
  let part = '';
  let octets = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (octets + size > LINE_OCTETS_MAX) {
      parts.push(part);
      part = ' ';
      octets = 1;
    }
    part += character;
    octets += size;
  }
  return [...parts, part].join('\r\n');
}

/** One event as an iCalendar file (RFC 5545). The same event is the same entry, however many tickets bring it. */
export function calendarFile(event: CalendarEvent): string {
  const endsAt = event.endsAt ?? new Date(event.startsAt.getTime() + ASSUMED_HOURS * 3_600_000);
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Seatgraph//Tickets//EN',
    'METHOD:PUBLISH',
    'BEGIN:VEVENT',
    `UID:${event.eventId}@seatgraph`,
    `DTSTAMP:${utc(event.writtenAt)}`,
    `DTSTART:${utc(event.startsAt)}`,
    `DTEND:${utc(endsAt)}`,
    `SUMMARY:${text(event.title)}`,
    ...(event.location === null ? [] : [`LOCATION:${text(event.location)}`]),
    'END:VEVENT',
    'END:VCALENDAR',
  ];
  return `${lines.map(fold).join('\r\n')}\r\n`;
}

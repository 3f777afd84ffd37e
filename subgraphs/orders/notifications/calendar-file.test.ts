import { describe, expect, it } from 'vitest';
import { calendarFile } from './calendar-file.ts';

const event = {
  eventId: 'evt_1',
  title: 'Opera; with, commas\nand \\ more',
  startsAt: new Date('2027-03-01T19:30:00Z'),
  endsAt: null,
  location: 'Große Straße 1, Köln',
  writtenAt: new Date('2026-01-02T03:04:05.678Z'),
};

describe('the calendar file', () => {
  it('says when and where in the words of RFC 5545, with what would end a value escaped', () => {
    const lines = calendarFile(event).split('\r\n');
    expect(lines).toEqual([
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//Seatgraph//Tickets//EN',
      'METHOD:PUBLISH',
      'BEGIN:VEVENT',
      'UID:evt_1@seatgraph',
      'DTSTAMP:20260102T030405Z',
      'DTSTART:20270301T193000Z',
      'DTEND:20270301T213000Z',
      'SUMMARY:Opera\\; with\\, commas\\nand \\\\ more',
      'LOCATION:Große Straße 1\\, Köln',
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ]);
  });

  it('folds long lines at 75 octets, never inside a character, and unfolds to what it was', () => {
    const title = 'Ä😀'.repeat(100);
    const file = calendarFile({ ...event, title });
    for (const line of file.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    expect(file.replaceAll('\r\n ', '')).toContain(`SUMMARY:${title}`);
    expect(file).not.toContain('\uFFFD');
  });
});

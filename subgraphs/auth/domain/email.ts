/** One spelling per address, made in one place: what is stored, compared and unique. */
export function foldEmail(email: string): string {
  return email.trim().normalize('NFC').toLowerCase();
}

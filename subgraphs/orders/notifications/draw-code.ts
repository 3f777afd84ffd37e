import { toBuffer } from 'qrcode';

/** A QR code as a PNG, large enough for a phone's screen and for paper. Packed lightly: packed well it would cost twice the time and save 2 kB. */
export const drawCode = (code: string): Promise<Buffer> =>
  toBuffer(code, { errorCorrectionLevel: 'M', margin: 2, scale: 4, rendererOpts: { deflateLevel: 1, deflateStrategy: 2 } });

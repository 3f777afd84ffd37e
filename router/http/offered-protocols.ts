import { IncomingMessage } from 'node:http';

const upgrading = new WeakSet<IncomingMessage>();

/**
 * A request whose offer of any protocol but WebSocket (h2c, above all) is ignored, and which is answered over HTTP/1.1: RFC 9110, 7.8. Once a server
 * listens for upgrades, Node's parser makes one of every request that has `upgrade` set; before Node 24.9 there is no other place to object.
 */
export class OfferingRequest extends IncomingMessage {
  get upgrade(): boolean {
    return upgrading.has(this) && (this.method === 'CONNECT' || this.headers.upgrade?.trim().toLowerCase() === 'websocket');
  }

  set upgrade(asked: boolean | null) {
    if (asked === true) upgrading.add(this);
    else upgrading.delete(this);
  }
}

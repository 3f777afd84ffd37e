import { networkOf } from '../http/client-address.ts';
import type { AccessToken } from '../session/access-token.ts';
import { takePlace } from './places.ts';

export type RegisteredSocket = {
  readonly token: AccessToken | null;
  readonly close: (code: number, reason: string) => void;
};

export type SocketRegistry = {
  /** Takes a place for this address, or answers null if all are taken. The place is given back by the function returned. */
  readonly reserveAddress: (address: string) => (() => void) | null;
  readonly reserveUser: (userId: string) => (() => void) | null;
  readonly add: (socket: RegisteredSocket) => () => void;
  readonly all: () => readonly RegisteredSocket[];
};

/** The open sockets, and how many each address and each user may have. Places are taken before anything is awaited. */
export function createSocketRegistry(deps: { perUser: number; perAddress: number; onCount: (count: number) => void }): SocketRegistry {
  const sockets = new Set<RegisteredSocket>();
  const addresses = new Map<string, number>();
  const users = new Map<string, number>();

  return {
    reserveAddress: (address) => takePlace(addresses, networkOf(address), deps.perAddress),
    reserveUser: (userId) => takePlace(users, userId, deps.perUser),
    add(socket) {
      sockets.add(socket);
      deps.onCount(sockets.size);
      return () => {
        sockets.delete(socket);
        deps.onCount(sockets.size);
      };
    },
    all: () => [...sockets],
  };
}

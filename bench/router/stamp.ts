/** Every event's moment is in the status of its seat: whoever reads it knows how long it took. */
export const stampOf = (): string => `at:${(performance.timeOrigin + performance.now()).toFixed(3)}`;

/** Whether it was settled, either way, when the time was over. */
export async function settledWithin(milliseconds: number, promise: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  const settled = promise.then(
    () => true,
    () => true,
  );
  return Promise.race([settled, late]).finally(() => clearTimeout(timer));
}

/** Like `promise`, but fails with a TimeoutError when the time is over. What it waits for is not stopped by that: `onLate` may do so. */
export async function within<Value>(milliseconds: number, what: string, promise: Promise<Value>, onLate: () => void): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new DOMException(`${what}: not within ${milliseconds} ms.`, 'TimeoutError'));
      onLate();
    }, milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

// The time that scenarios live by: the machine's, or that of an emulator (`ORY_CLOCK`: its /dev/clock) that stands still
// and is moved by what they wait. A machine that stalls then lets no two seconds go by, and nobody waits for any.
const clock = process.env.ORY_CLOCK;

/** Tells the clock, and says what time it then is. */
async function tell(order) {
  const answer = await fetch(clock, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(order) });
  if (!answer.ok) throw new Error(`${clock}: ${answer.status} ${await answer.text()}`);
  return Date.parse((await answer.json()).now);
}
let stopped = clock && await tell({ freeze: true });

export const now = () => stopped ?? Date.now();
export async function wait(ms) {
  if (clock) stopped = await tell({ advance: `${ms}ms` });
  else await new Promise(resolve => setTimeout(resolve, ms));
}

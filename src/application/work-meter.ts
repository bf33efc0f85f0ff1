/** The work of one request: what its questions were estimated at, and what they spent (units of `PlanStep.work`). */
export class WorkMeter {
  estimated = 0
  spent = 0

  expect(work: number): void {
    this.estimated += work
  }

  spend(work: number): void {
    this.spent += work
  }
}

/**
 * The tests of this suite build on each other: after the first that fails, the rest of the suite is not tried. Mocha's
 * own `bail` would also end all other files that run at the same time.
 */
export function inOrder(): void {
  let failed: string | undefined;
  beforeEach(() => {
    if (failed !== undefined) throw new Error(`not tried after “${failed}” failed`);
  });
  afterEach(function () {
    if (this.currentTest?.state === "failed") failed ??= this.currentTest.title;
  });
}

/** Prints the closing line `N passed, N failed, N skipped`, which any CI can read; under MASSGEN_TEST_REQUIRE=1 a skip fails. */
export default class PlainReporter {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    this.skippedIsFailure = process.env.MASSGEN_TEST_REQUIRE === '1' && skipped > 0;
    process.stdout.write(`${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped\n`);
  }

  getLastError() {
    return this.skippedIsFailure ? new Error('MASSGEN_TEST_REQUIRE=1: a skipped test is a failure') : undefined;
  }
}

/**
 * Kills a process group that was started with `detached: true`. That nobody of it is alive any more is not an error.
 */
export function killProcessGroup(leaderPid: number): void {
  killIfAlive(-leaderPid);
}

/**
 * Sends SIGKILL to a process, or to a group (negative), if it is still there and ours: what is not ours has got the number of
 * one that ended.
 */
export function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}

import { StandBy } from './stand-by';

const standBy = new StandBy();
standBy.prepare();

// Speaks the Debug Adapter Protocol on its standard streams; a client that hangs up ends the session. What a session
// needs is loaded while the launcher loads, which is a process of its own.
void import('./session').then(({ ModWsgiSession }) => {
  const session = new ModWsgiSession(standBy);
  process.on('SIGTERM', () => session.shutdown());
  session.start(process.stdin, process.stdout);
});

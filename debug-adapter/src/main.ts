import { ModWsgiSession } from './session';

// Speaks the Debug Adapter Protocol on its standard streams; a client that hangs up ends the session.
ModWsgiSession.run(ModWsgiSession);

import { UserError } from '../../../common/src/errors';

/** A command line that cannot be understood: the program ends with status 2 instead of 1. */
export class UsageError extends UserError {}

/** The same error, as one of the command line. */
export const asUsageError = ({ code, message, action, command }: UserError): UsageError =>
  new UsageError({ code, message, action, ...(command ? { command } : {}) });

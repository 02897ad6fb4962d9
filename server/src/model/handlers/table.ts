import type { Handler } from '../execute';
import { aliasHandlers } from './alias';
import { authorizationHandlers } from './authorization';
import { coreHandlers } from './core';
import { sectionHandlers } from './sections';
import { wsgiHandlers } from './wsgi';

/** The handlers this project knows, by canonical name in lower case, `<` included for sections. */
export const handlers: Readonly<Record<string, Handler>> = {
  ...sectionHandlers,
  ...coreHandlers,
  ...aliasHandlers,
  ...authorizationHandlers,
  ...wsgiHandlers,
};

/** The `type` of our launch configurations. */
export const DEBUG_TYPE = 'mod_wsgi';

/**
 * What limits on time are multiplied by: the machine that tests a change may be shared and stand still for a while,
 * which is no fault of the change.
 */
export const patience = process.env['CI'] === 'true' ? 5 : 1;

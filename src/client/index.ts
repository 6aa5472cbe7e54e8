/**
 * client: the API of a daemon as the command line uses it, over the Unix socket. In: where the socket is, and what is asked. Out: answers,
 * and streams as they come. Invariants: whatever is wrong with a daemon that does not answer is said in words that name the remedy; nothing
 * is kept between two requests.
 */
export { answerText } from './answer-text.ts';
export { type AnsweredObject, accepted, askApi, askApiFully } from './ask-api.ts';
export type { CommandIo } from './command-io.ts';
export { followText } from './follow-text.ts';
export { type ClientRequest, createNodeClient, type NodeClient } from './node-client.ts';
export { fetchEvents, fetchStatus, fetchWhy, requestJson } from './node-reports.ts';
export { openCommand } from './open-command.ts';
export { watchApi } from './watch-api.ts';

/** A refusal in DigitalOcean's words; sent as `{id, message, request_id}`. */
export class APIError extends Error {
  readonly status: number;
  readonly id: string;

  constructor(status: number, id: string, message: string) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.id = id;
  }
}

export function badRequest(message: string): APIError {
  return new APIError(400, 'bad_request', message);
}

export function forbidden(): APIError {
  return new APIError(403, 'forbidden', 'You are not authorized to perform this operation');
}

export function notFound(): APIError {
  return new APIError(404, 'not_found', 'The resource you were accessing could not be found.');
}

export function unprocessable(message: string): APIError {
  return new APIError(422, 'unprocessable_entity', message);
}

export function pendingEvent(): APIError {
  return unprocessable('Droplet already has a pending event.');
}

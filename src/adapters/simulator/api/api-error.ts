/** A refusal as DigitalOcean words it; becomes `{id, message, request_id}`. */
export class ApiError extends Error {
  readonly status: number;
  readonly id: string;

  constructor(status: number, id: string, message: string) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.id = id;
  }
}

export function badRequest(message: string): ApiError {
  return new ApiError(400, 'bad_request', message);
}

export function forbidden(): ApiError {
  return new ApiError(403, 'forbidden', 'You are not authorized to perform this operation');
}

export function notFound(): ApiError {
  return new ApiError(404, 'not_found', 'The resource you were accessing could not be found.');
}

export function unprocessable(message: string): ApiError {
  return new ApiError(422, 'unprocessable_entity', message);
}

export function pendingEvent(): ApiError {
  return unprocessable('Droplet already has a pending event.');
}

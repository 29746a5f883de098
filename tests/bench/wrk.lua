-- SPDX-License-Identifier: ISC
-- What wrk has measured, as one JSON object on the last line.
function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        '{"requests_per_s": %.0f, "p50_ms": %.2f, "p99_ms": %.2f, "failed": %d}\n',
        summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
        errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
